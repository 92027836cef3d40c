// Strings that come again and again, kept once.

/// The last strings that were read, by a hash of their bytes. A report names the same functions and files thousands of times:
/// each of them would take memory of its own.
struct KnownStrings {
  /// Shorter ones lie within the value itself.
  private static let shortest = 16
  private static let longest = 512
  private var strings = [String](repeating: "", count: 4096)

  /// The text of the bytes; nil where they are no UTF-8.
  mutating func string(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
    guard (Self.shortest...Self.longest).contains(range.count) else {
      return String(validating: bytes[range], as: UTF8.self)
    }
    let slot = Int(truncatingIfNeeded: Self.hash(bytes, range) % UInt64(strings.count))
    if strings[slot].utf8.elementsEqual(bytes[range]) { return strings[slot] }
    guard let text = String(validating: bytes[range], as: UTF8.self) else { return nil }
    strings[slot] = text
    return text
  }

  /// FNV-1a.
  private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in range { state = (state ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3 }
    return state ^ state >> 32
  }
}
