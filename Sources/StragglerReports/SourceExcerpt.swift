// A few source lines with a mark under the place that is meant.

/// The line before, the line itself, and a caret below it.
struct SourceExcerpt {
  struct Row: Equatable {
    /// The line's number; empty for the row of the mark.
    var number: String
    var text: String
    var isMark = false
  }

  /// Longer lines are cut: generated sources have lines of many thousand characters.
  private static let widest = 110
  private static let tab = "    "

  private(set) var rows: [Row] = []

  /// - Parameters:
  ///   - line: From 1. A line that the file does not have gives no excerpt: the file has changed since.
  ///   - column: In UTF-8 bytes, from 1, as compilers count; nil or 0 marks the line's first character.
  init?(lines: [String], line: Int, column: Int?) {
    guard line >= 1, line <= lines.count else { return nil }
    let text = lines[line - 1]
    if line >= 2, !lines[line - 2].allSatisfy(\.isWhitespace) {
      rows.append(Row(number: String(line - 1), text: Self.shown(lines[line - 2])))
    }
    rows.append(Row(number: String(line), text: Self.shown(text)))
    rows.append(Row(number: "", text: Self.indent(of: text, column: column) + "^", isMark: true))
  }

  private static func shown(_ line: String) -> String {
    let text = expanded(line)
    return text.count > widest ? text.prefix(widest - 1) + "…" : text
  }

  /// Tabs widened, what could act on a terminal spelled out, nothing at the end that can't be seen.
  private static func expanded(_ line: String) -> String {
    var bare = line[...]
    while let last = bare.last, last.isNewline || last == " " { bare = bare.dropLast() }
    return visible(bare.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: tab))
  }

  private static func indent(of line: String, column: Int?) -> String {
    var before = String(line.prefix { $0.isWhitespace })
    if let column, column > 1, column <= line.utf8.count {
      before = String(decoding: line.utf8.prefix(column - 1), as: UTF8.self)
    }
    let parts = before.split(separator: "\t", omittingEmptySubsequences: false).map { visible(String($0)) }
    let width = parts.joined(separator: tab).count
    return String(repeating: " ", count: min(width, widest - 1))
  }
}
