// One C structure of the arena, as a copy of its bytes: fields are loaded by their offsets.

/// The copied bytes of one `Layout`, a structure of StragglerArena.h.
///
/// The larger structures hold arrays of thousands of bytes, which Swift imports as tuples: loading a whole structure
/// would move 8 KiB for each field that is read.
@dynamicMemberLookup
struct ArenaRecord<Layout> {
  /// Exactly `MemoryLayout<Layout>.size` bytes.
  private let bytes: ArraySlice<UInt8>

  /// - Precondition: `bytes` has the size of `Layout`.
  init(_ bytes: ArraySlice<UInt8>) {
    precondition(bytes.count == MemoryLayout<Layout>.size, "a record is as long as its layout")
    self.bytes = bytes
  }

  /// The value of one field.
  subscript<Value: BitwiseCopyable>(dynamicMember field: KeyPath<Layout, Value>) -> Value {
    let start = Self.offset(of: field)
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) }
  }

  /// The bytes of an array field: at most `count` of them.
  func bytes<Array>(of field: KeyPath<Layout, Array>, count: Int = .max) -> [UInt8] {
    let start = bytes.startIndex + Self.offset(of: field)
    return [UInt8](bytes[start..<start + min(max(0, count), MemoryLayout<Array>.size)])
  }

  /// The text of a `char` array: up to its NUL, or its end. What is no UTF-8 in it becomes U+FFFD.
  func text<Array>(of field: KeyPath<Layout, Array>) -> String {
    let start = bytes.startIndex + Self.offset(of: field)
    return String(decoding: bytes[start..<start + MemoryLayout<Array>.size].prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The record that lies `offset` bytes from the beginning of this one.
  func record<Part>(at offset: Int, as part: Part.Type) -> ArenaRecord<Part> {
    let start = bytes.startIndex + offset
    return ArenaRecord<Part>(bytes[start..<start + MemoryLayout<Part>.size])
  }

  /// Where a field begins. Every field of a C structure is stored, so that there always is an offset.
  static func offset(of field: PartialKeyPath<Layout>) -> Int {
    guard let offset = MemoryLayout<Layout>.offset(of: field) else {
      preconditionFailure("\(field) is no stored field")
    }
    return offset
  }
}

extension ArenaRecord where Layout: BitwiseCopyable {
  /// The whole structure: for the small ones.
  var value: Layout { bytes.withUnsafeBytes { $0.loadUnaligned(as: Layout.self) } }
}
