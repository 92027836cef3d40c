// Splits a line into words by the shell's quoting rules: for options that come in an environment variable.

enum ShellWords {
  /// Splits as the POSIX shell does, without any expansion: a dollar sign is a dollar sign.
  ///
  /// - Throws: `CommandFailure` for a quote that is not closed, or a backslash at the end.
  static func split(_ line: String) throws -> [String] {
    var words: [String] = []
    var word: String?
    var rest = Substring(line)
    while let character = rest.popFirst() {
      switch character {
      case " ", "\t", "\n":
        if let ended = word { words.append(ended) }
        word = nil
      case "'":
        word = (word ?? "") + (try singleQuoted(&rest))
      case "\"":
        word = (word ?? "") + (try doubleQuoted(&rest))
      case "\\":
        guard let next = rest.popFirst() else { throw CommandFailure("a backslash at the end quotes nothing") }
        // A backslash before a new line joins the two lines.
        if next != "\n" { word = (word ?? "") + String(next) }
      default:
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  private static func singleQuoted(_ rest: inout Substring) throws -> String {
    guard let end = rest.firstIndex(of: "'") else { throw CommandFailure("a ' is not closed") }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end])
  }

  private static func doubleQuoted(_ rest: inout Substring) throws -> String {
    var text = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return text
      case "\\":
        guard let next = rest.popFirst() else { break }
        if next == "\n" { continue }
        text += "$`\"\\".contains(next) ? String(next) : "\\\(next)"
      default: text.append(character)
      }
    }
    throw CommandFailure("a \" is not closed")
  }
}
