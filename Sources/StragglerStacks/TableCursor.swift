// Reads unwind tables: integers, LEB128 numbers and encoded pointers, one after the other.

/// A place in an ELF file's loaded bytes that moves on as it is read. Every reading gives nil, and the table is then
/// not believed, where the bytes are missing or of an encoding that x86-64 compilers don't write.
struct TableCursor {
  let image: ELFImage
  /// The file's own address of what is read next.
  var address: UInt64

  /// How .eh_frame writes a pointer (DW_EH_PE_*; Linux Standard Base, "DWARF exception header encoding").
  struct Encoding {
    var raw: UInt8
    static let absolute = Encoding(raw: 0)
    static let omitted = Encoding(raw: 0xFF)
    /// How the number is written, without what it is relative to.
    var format: Encoding { Encoding(raw: raw & 0x0F) }
  }

  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T? {
    guard let value: T = image.integer(at: address) else { return nil }
    address &+= UInt64(MemoryLayout<T>.size)
    return value
  }

  /// An unsigned LEB128 number of at most 64 bits.
  mutating func unsignedNumber() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte: UInt8 = integer() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }

  /// Steps over a signed LEB128 number.
  mutating func skipSignedNumber() -> Void? {
    unsignedNumber().map { _ in () }
  }

  /// A pointer in `encoding`: absolute or relative to its own place, not to be read through (DW_EH_PE_indirect).
  mutating func pointer(_ encoding: Encoding) -> UInt64? {
    let place = address
    let value: UInt64?
    switch encoding.raw & 0x0F {
    case 0x00, 0x04, 0x0C: value = integer(UInt64.self)
    case 0x02: value = integer(UInt16.self).map(UInt64.init)
    case 0x03: value = integer(UInt32.self).map(UInt64.init)
    case 0x0A: value = integer(Int16.self).map { UInt64(bitPattern: Int64($0)) }
    case 0x0B: value = integer(Int32.self).map { UInt64(bitPattern: Int64($0)) }
    default: value = nil
    }
    switch encoding.raw & 0xF0 {
    case 0x00: return value
    case 0x10: return value.map { $0 &+ place }
    default: return nil
    }
  }

  /// Steps over a pointer in `encoding`, whatever it is relative to.
  mutating func skipPointer(_ encoding: Encoding) -> Void? {
    if encoding.raw == Encoding.omitted.raw { return () }
    return pointer(encoding.format).map { _ in () }
  }
}
