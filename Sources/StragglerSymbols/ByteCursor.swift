// Reads numbers and strings out of bytes that nobody vouches for: every read is checked against the end.

/// What makes a piece of debug information unusable. It is the file's fault: whoever asked just gets no source.
enum DwarfError: Error {
  /// A read would have gone beyond the section or the unit.
  case outOfBounds
  /// A number that no compiler writes; what it is.
  case malformed(StaticString)
  /// A version or form that this reader does not know.
  case unsupported(StaticString)
}

/// A position in a section's bytes. Little-endian, as x86-64 is.
struct ByteCursor {
  private let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  /// Reads from `position` up to `end`, or to the end of `bytes`.
  init(_ bytes: [UInt8], at position: UInt64 = 0, end: Int? = nil) throws(DwarfError) {
    let end = end ?? bytes.count
    guard end <= bytes.count, let start = Int(exactly: position), start <= end else { throw .outOfBounds }
    self.bytes = bytes
    self.position = start
    self.end = end
  }

  var isAtEnd: Bool { position >= end }
  var remaining: Int { end - position }

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type = Value.self
  ) throws(DwarfError) -> Value {
    let start = position
    try skip(UInt64(MemoryLayout<Value>.size))
    return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: Value.self)) }
  }

  mutating func byte() throws(DwarfError) -> UInt8 {
    guard position < end else { throw .outOfBounds }
    defer { position += 1 }
    return bytes[position]
  }

  /// An unsigned number of 1, 2, 3, 4 or 8 bytes.
  mutating func unsigned(size: Int) throws(DwarfError) -> UInt64 {
    switch size {
    case 1: return UInt64(try byte())
    case 2: return UInt64(try integer(UInt16.self))
    case 3: return UInt64(try integer(UInt16.self)) | UInt64(try byte()) << 16
    case 4: return UInt64(try integer(UInt32.self))
    case 8: return try integer(UInt64.self)
    default: throw .malformed("size of a number")
    }
  }

  /// Unsigned LEB128; bits beyond the 64th are dropped.
  mutating func unsignedLEB() throws(DwarfError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift  // a shift of 64 and more gives 0
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  /// Signed LEB128; bits beyond the 64th are dropped.
  mutating func signedLEB() throws(DwarfError) -> Int64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      shift += 7
      if byte & 0x80 != 0 { continue }
      if byte & 0x40 != 0 { value |= UInt64.max << shift }
      return Int64(bitPattern: value)
    }
  }

  mutating func skip(_ count: UInt64) throws(DwarfError) {
    guard count <= UInt64(remaining) else { throw .outOfBounds }
    position += Int(count)
  }

  /// The bytes up to a NUL, which is skipped, as text; what is no UTF-8 becomes U+FFFD.
  mutating func string() throws(DwarfError) -> String {
    guard let length = bytes[position..<end].firstIndex(of: 0) else { throw .outOfBounds }
    defer { position = length + 1 }
    return String(decoding: bytes[position..<length], as: UTF8.self)
  }

  mutating func skipString() throws(DwarfError) {
    guard let length = bytes[position..<end].firstIndex(of: 0) else { throw .outOfBounds }
    position = length + 1
  }

  /// A unit's length: its end, and whether the unit's offsets have 8 bytes (DWARF 5, 7.4).
  mutating func unitLength() throws(DwarfError) -> (end: Int, is64Bit: Bool) {
    let short = try integer(UInt32.self)
    guard short >= 0xFFFF_FFF0 else { return (try unitEnd(UInt64(short)), false) }
    guard short == 0xFFFF_FFFF else { throw .malformed("length of a unit") }
    let long = try integer(UInt64.self)
    return (try unitEnd(long), true)
  }

  private func unitEnd(_ length: UInt64) throws(DwarfError) -> Int {
    guard length <= UInt64(remaining) else { throw .outOfBounds }
    return position + Int(length)
  }
}
