// Strings that come again and again, made once.

/// The last strings that were made of a text, by a hash of their bytes. A report names the same functions and files thousands of
/// times: each of them would take time and memory of its own.
struct KnownStrings {
  /// Shorter ones lie within the value itself.
  private static let shortest = 16
  private static let longest = 512
  private var places = [Range<Int>](repeating: 0..<0, count: 4096)
  private var strings = [String](repeating: "", count: 4096)

  /// The characters of these bytes, which are known to be UTF-8. Always the same `text` for one value of this type.
  mutating func string(_ text: UnsafeBufferPointer<UInt8>, _ place: Range<Int>) -> String {
    let bytes = UnsafeBufferPointer(rebasing: text[place])
    guard (Self.shortest...Self.longest).contains(bytes.count) else { return String(decoding: bytes, as: UTF8.self) }
    let slot = Int(truncatingIfNeeded: Self.hash(bytes) % UInt64(strings.count))
    let known = places[slot]
    if known.count == bytes.count, text[known].elementsEqual(bytes) { return strings[slot] }
    let string = String(decoding: bytes, as: UTF8.self)
    places[slot] = place
    strings[slot] = string
    return string
  }

  /// FNV-1a, eight bytes at a time; the last eight are taken wherever they begin.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for offset in stride(from: 0, to: raw.count - 8, by: 8) { mix(raw, offset, &state) }
    mix(raw, raw.count - 8, &state)
    return state ^ state >> 32
  }

  private static func mix(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ state: inout UInt64) {
    state = (state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x0000_0100_0000_01b3
    state ^= state >> 29
  }
}
