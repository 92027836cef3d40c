// Text from outside (names, paths, symbols, source), made harmless.

extension Unicode.Scalar {
  /// Whether it could act on a terminal or a log in place of being shown: control characters, line separators, and the
  /// marks that reorder or hide text (Unicode's Bidi_Control, tags, zero-width and byte order marks).
  var isDisruptive: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0xAD, 0x061C, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF,
      0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: false
    }
  }
}

/// The same text with whatever could act on a terminal spelled out, as `\u{1b}`, and with commands of build servers broken:
/// GitHub's and Azure's runners obey `##[error]` and `##vso[…]` anywhere in a line, TeamCity `##teamcity[…]`.
public func visible(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.isDisruptive || $0 == "#" }) else { return text }
  var result = ""
  var rest = text.unicodeScalars[...]
  while let scalar = rest.popFirst() {
    if scalar.isDisruptive || (scalar == "#" && rest.beginsBuildServerCommand) {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

extension Substring.UnicodeScalarView {
  /// `#`, letters, `[`: what follows the first `#` of a command.
  fileprivate var beginsBuildServerCommand: Bool {
    first == "#" && dropFirst().drop { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }.first == "["
  }
}
