// Finds the directives among a fixture's comments, in whatever language it is written.

/// One comment line that begins with an upper-case word and a colon.
struct Directive: Equatable {
  /// `RUN`, `FINDING`...
  var word: String
  /// What follows the colon, without the blanks around it.
  var value: String
  /// Counted from 1.
  var line: Int
}

extension Directive {
  /// What a fixture can state.
  static let known: Set<String> = [
    "RUN", "EXIT", "FINDING", "NO-FINDING", "UNSEEN", "NO-UNSEEN", "OUTPUT", "CLEAN", "BUILD",
  ]
  /// Ordinary notes of programmers, which state nothing.
  static let notes: Set<String> = ["NOTE", "TODO", "FIXME", "XXX", "HACK", "WARNING", "SPDX-LICENSE-IDENTIFIER"]

  /// The directives of a text, in its order, notes left out.
  ///
  /// - Throws: `FixtureError` for a word that is no directive, and for a directive without its colon.
  static func all(in text: String, of file: String) throws(FixtureError) -> [Directive] {
    var directives: [Directive] = []
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      guard let comment = commentText(of: line) else { continue }
      guard let directive = Directive(comment: comment, line: number) else {
        if let word = wordWithoutColon(of: comment) {
          throw FixtureError(
            file: file, line: number, problem: "the directive \(word) stands without its colon: write \"\(word):\"")
        }
        continue
      }
      if notes.contains(directive.word) { continue }
      guard known.contains(directive.word) else {
        throw FixtureError(
          file: file, line: number,
          problem: "unknown directive \"\(directive.word):\"; expected one of \(list(known)), or an ordinary note: "
            + list(notes))
      }
      directives.append(directive)
    }
    return directives
  }

  /// nil where the comment does not begin with a word in capitals and a colon. Digits and underscores are taken for a
  /// misspelt directive's: no sentence begins with such a word.
  private init?(comment: Substring, line: Int) {
    let word = comment.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "-" || $0 == "_") }
    guard let first = word.first, first.isUppercase, comment.dropFirst(word.count).first == ":" else { return nil }
    self.word = String(word)
    self.value = String(trimmed(comment.dropFirst(word.count + 1)))
    self.line = line
  }

  /// The text behind `//`, `#` or `--`; nil for a line that is no comment.
  private static func commentText(of line: Substring) -> Substring? {
    let line = trimmed(line)
    for mark in ["//", "--", "#"] where line.hasPrefix(mark) {
      return trimmed(line.drop { $0 == mark.first })
    }
    return nil
  }

  /// The directive that a comment consists of, or that only a blank keeps from its colon.
  private static func wordWithoutColon(of comment: Substring) -> Substring? {
    let word = comment.prefix { !$0.isWhitespace }
    let rest = trimmed(comment.dropFirst(word.count))
    guard known.contains(String(word)), rest.isEmpty || rest.hasPrefix(":") else { return nil }
    return word
  }

  private static func list(_ words: Set<String>) -> String {
    words.sorted().map { $0 + ":" }.joined(separator: " ")
  }
}

/// Without the blanks at both ends.
func trimmed(_ text: Substring) -> Substring {
  let start = text.drop { $0.isWhitespace }
  guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
  return start[...end]
}
