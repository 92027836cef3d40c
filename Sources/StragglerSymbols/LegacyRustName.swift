// Rust's older linker names: C++'s mangling with a hash as the last part, in which characters that C++ has no letters for
// are written out (rustc's legacy symbol mangling).

enum LegacyRustName {
  private static let escapes = [
    "LT": "<", "GT": ">", "RF": "&", "C": ",", "BP": "*", "SP": "@", "LP": "(", "RP": ")", "u20": " ", "u27": "'",
    "u5b": "[", "u5d": "]", "u7b": "{", "u7d": "}",
  ]

  /// `app::main::{{closure}}` for the demangled `app::main::_$u7b$$u7b$closure$u7d$$u7d$::h0123456789abcdef`; nil where it
  /// does not end with such a hash.
  static func readable(_ demangled: String) -> String? {
    guard let end = demangled.lastIndex(of: ":") else { return nil }
    let hash = demangled[demangled.index(after: end)...].utf8
    guard hash.count == 17, hash.first == UInt8(ascii: "h"), demangled[..<end].hasSuffix(":"),
      hash.dropFirst().allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return nil }
    let parts = demangled[..<end].dropLast().split(separator: "::", omittingEmptySubsequences: false)
    return parts.map(unescaped).joined(separator: "::")
  }

  /// Escapes stand between dollar signs; a part that begins with one has an underscore before it.
  private static func unescaped(_ part: Substring) -> String {
    let pieces = (part.hasPrefix("_$") ? part.dropFirst() : part).split(
      separator: "$", omittingEmptySubsequences: false)
    var text = ""
    for (index, piece) in pieces.enumerated() {
      if index % 2 == 0 {
        text += piece.split(separator: "..", omittingEmptySubsequences: false).joined(separator: "::")
      } else {
        text += escapes[String(piece)] ?? "$\(piece)$"
      }
    }
    return text
  }
}
