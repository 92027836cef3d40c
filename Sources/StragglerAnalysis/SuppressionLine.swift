// The words of one suppression's line, before they mean anything.

struct SuppressionLine {
  /// What stands before an equals sign.
  enum Key: String, CaseIterable {
    case thread, resource, function, module, file, until, reason

    /// Whether it says which findings are meant.
    var isPattern: Bool { self != .until && self != .reason }

    static let patterns = allCases.filter(\.isPattern)

    static func list(_ keys: [Key]) -> String { keys.map { $0.rawValue + "=" }.joined(separator: " ") }
  }

  struct Value {
    var key: Key
    /// Without the marks around it.
    var text: String
    var column: Int
  }

  /// The first word: a rule, or a pattern that one rule at least fits.
  var rule: String
  /// In their order; none is given twice.
  var values: [Value]

  init(_ line: String) throws(LineError) {
    var parser = LineParser(line: line)
    rule = try parser.rule()
    values = try parser.values()
  }

  subscript(key: Key) -> Value? { values.first { $0.key == key } }
}

/// A mistake in a line, the place counted from 1.
struct LineError: Error {
  var column: Int
  var problem: String
}

/// Steps through one line: a rule, then keys with their values, quoted as in a shell where they have blanks. By scalars: a quote
/// with a mark behind it that combines is one `Character`, and no quote.
private struct LineParser {
  private let line: [Unicode.Scalar]
  private var position = 0

  init(line: String) { self.line = Array(line.unicodeScalars) }

  private var column: Int { column(at: position) }

  /// In characters, as editors count.
  private func column(at position: Int) -> Int { Self.text(line[..<position]).count + 1 }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  private mutating func skipBlanks() {
    while position < line.count, line[position].properties.isWhitespace { position += 1 }
  }

  /// The first word: a rule, or a pattern that one rule at least fits.
  mutating func rule() throws(LineError) -> String {
    skipBlanks()
    let start = column
    let end = line[position...].firstIndex(where: \.properties.isWhitespace) ?? line.count
    let rule = Self.text(line[position..<end])
    position = end
    let glob = Glob(rule)
    guard RuleID.allCases.contains(where: { glob.matches($0.rawValue) }) else {
      let known = RuleID.allCases.map(\.rawValue).joined(separator: ", ")
      throw LineError(column: start, problem: "expected a rule (\(known)) or *, found \"\(rule)\"")
    }
    return rule
  }

  mutating func values() throws(LineError) -> [SuppressionLine.Value] {
    var values: [SuppressionLine.Value] = []
    while true {
      skipBlanks()
      guard position < line.count else { return values }
      let start = column
      let key = try key()
      guard !values.contains(where: { $0.key == key }) else {
        throw LineError(column: start, problem: "\(key.rawValue)= is given twice: write a second line")
      }
      let text = try word()
      guard !text.allSatisfy(\.isWhitespace) else {
        throw LineError(column: start, problem: "\(key.rawValue)= has no value")
      }
      values.append(SuppressionLine.Value(key: key, text: text, column: start + key.rawValue.count + 1))
    }
  }

  /// Steps behind the equals sign.
  private mutating func key() throws(LineError) -> SuppressionLine.Key {
    let start = column
    let end = line[position...].firstIndex { $0 == "=" || $0.properties.isWhitespace } ?? line.count
    let name = Self.text(line[position..<end])
    position = end
    guard position < line.count, line[position] == "=" else {
      throw LineError(
        column: start, problem: "expected key=value, found \"\(name)\"; a value with blanks needs quotes")
    }
    guard let key = SuppressionLine.Key(rawValue: String(name)) else {
      let known = SuppressionLine.Key.list(SuppressionLine.Key.allCases)
      throw LineError(column: start, problem: "unknown key \"\(name)=\"; expected one of \(known)")
    }
    position += 1
    return key
  }

  /// A backslash stays where it stands outside of quotes' own escapes: it is the pattern's.
  private mutating func word() throws(LineError) -> String {
    var text = String.UnicodeScalarView()
    while position < line.count, !line[position].properties.isWhitespace {
      let scalar = line[position]
      position += 1
      if scalar == "\"" || scalar == "'" {
        text += try quoted(scalar)
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }

  private mutating func quoted(_ mark: Unicode.Scalar) throws(LineError) -> String.UnicodeScalarView {
    let start = column(at: position - 1)
    var text = String.UnicodeScalarView()
    while position < line.count {
      let scalar = line[position]
      position += 1
      if scalar == mark { return text }
      if scalar == "\\", mark == "\"", position < line.count, line[position] == mark {
        text.append(mark)
        position += 1
      } else {
        text.append(scalar)
      }
    }
    throw LineError(column: start, problem: "the quote \(mark) is not closed")
  }
}
