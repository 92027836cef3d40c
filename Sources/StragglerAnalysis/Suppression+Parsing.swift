// Reads a text of suppressions: everything is checked, for one that is misspelt would hide nothing, or too much.

/// What is wrong with a text of suppressions, and where.
public struct SuppressionError: Error, Sendable, Equatable, CustomStringConvertible {
  public var source: String
  /// Both counted from 1; the column in characters.
  public var line: Int
  public var column: Int
  /// What was expected, what was found.
  public var problem: String

  /// `file:line:column: problem`, as compilers write it.
  public var description: String { "\(source):\(line):\(column): \(problem)" }
}

extension Suppression {
  /// Reads suppressions, one a line. Empty lines, and lines that begin with `#`, say nothing.
  ///
  /// - Parameter source: what errors and reports call the text: its file.
  /// - Throws: `SuppressionError` for the first line that can't be taken for what its author meant.
  public static func all(in text: [UInt8], source: String) throws(SuppressionError) -> [Suppression] {
    var suppressions: [Suppression] = []
    var number = 0
    let bytes = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
    for raw in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let place = Place(source: source, line: number)
      guard let line = String(validating: raw, as: UTF8.self) else {
        throw SuppressionError(source: source, line: number, column: 1, problem: "expected UTF-8")
      }
      do {
        if let suppression = try parsed(line, at: place) { suppressions.append(suppression) }
      } catch {
        throw SuppressionError(source: source, line: number, column: error.column, problem: error.problem)
      }
    }
    return suppressions
  }

  /// nil for a line that says nothing.
  private static func parsed(_ line: String, at place: Place) throws(LineError) -> Suppression? {
    let start = line.drop(while: \.isWhitespace)
    guard let first = start.first, first != "#" else { return nil }
    let end = start.lastIndex { !$0.isWhitespace } ?? start.startIndex
    let text = start[...end]
    if let pattern = try sanitizerPattern(text, of: line) {
      return Suppression(place: place, text: String(text), reason: nil, until: nil, pattern: pattern)
    }
    var parser = LineParser(line: line)
    var pattern = Pattern(rules: try parser.rules())
    let values = try parser.values()
    let isEverything = pattern.rules.count == Rule.all.count && values.keys.allSatisfy { !$0.isPattern }
    guard !isEverything else {
      throw LineError(
        column: 1, problem: "it would suppress everything: name a rule, or one of \(Key.list(Key.patterns))")
    }
    guard let reason = values[.reason] else {
      throw LineError(column: line.count + 1, problem: "the reason is missing: expected reason=\"...\"")
    }
    pattern.thread = values[.thread].map { Glob($0.text) }
    pattern.resource = values[.resource].map { Glob($0.text) }
    pattern.frame.function = values[.function].map { Glob($0.text) }
    pattern.frame.module = values[.module].map { Glob($0.text) }
    pattern.frame.file = values[.file].map { Glob($0.text) }
    return Suppression(
      place: place, text: String(text), reason: reason.text, until: try day(values[.until]), pattern: pattern)
  }

  private static func day(_ value: LineParser.Value?) throws(LineError) -> CalendarDay? {
    guard let value else { return nil }
    guard let day = CalendarDay(value.text) else {
      throw LineError(column: value.column, problem: "expected a day as 2027-01-31, found \"\(value.text)\"")
    }
    return day
  }

  /// `leak:PATTERN`, as LeakSanitizer has it: whatever a thread that passed there left behind. An exit that does not end is
  /// no leak, and never meant.
  private static func sanitizerPattern(_ text: Substring, of line: String) throws(LineError) -> Pattern? {
    guard text.hasPrefix("leak:") else { return nil }
    let pattern = text.dropFirst("leak:".count)
    guard !pattern.isEmpty else {
      throw LineError(
        column: line.distance(from: line.startIndex, to: text.endIndex) + 1,
        problem: "expected a function, a module or a file behind \"leak:\"")
    }
    let rules = Set(RuleID.allCases).subtracting([.stalledExit, .deadlockedExit])
    return Pattern(rules: rules, frame: FramePattern(anywhere: Glob(sanitizerPattern: pattern)))
  }
}

/// What stands before an equals sign.
private enum Key: String, CaseIterable {
  case thread, resource, function, module, file, until, reason

  /// Whether it says which findings are meant.
  var isPattern: Bool { self != .until && self != .reason }

  static let patterns = allCases.filter(\.isPattern)

  static func list(_ keys: [Key]) -> String { keys.map { $0.rawValue + "=" }.joined(separator: " ") }
}

/// A mistake in a line, the place counted from 1.
private struct LineError: Error {
  var column: Int
  var problem: String
}

/// Steps through one line: a rule, then keys with their values, quoted as in a shell where they have blanks.
private struct LineParser {
  struct Value {
    var text: String
    var column: Int
  }

  private let line: [Character]
  private var position = 0

  init(line: String) { self.line = Array(line) }

  private var column: Int { position + 1 }

  private mutating func skipBlanks() {
    while position < line.count, line[position].isWhitespace { position += 1 }
  }

  /// The first word: a rule, or a pattern that one rule at least fits.
  mutating func rules() throws(LineError) -> Set<RuleID> {
    skipBlanks()
    let start = column
    var word = ""
    while position < line.count, !line[position].isWhitespace {
      word.append(line[position])
      position += 1
    }
    let glob = Glob(word)
    let rules = RuleID.allCases.filter { glob.matches($0.rawValue) }
    guard !rules.isEmpty else {
      let known = RuleID.allCases.map(\.rawValue).joined(separator: ", ")
      throw LineError(column: start, problem: "expected a rule (\(known)) or *, found \"\(word)\"")
    }
    return Set(rules)
  }

  mutating func values() throws(LineError) -> [Key: Value] {
    var values: [Key: Value] = [:]
    while true {
      skipBlanks()
      guard position < line.count else { return values }
      let start = column
      let key = try key()
      guard values[key] == nil else {
        throw LineError(column: start, problem: "\(key.rawValue)= is given twice: write a second line")
      }
      let value = Value(text: try word(), column: column)
      guard !value.text.allSatisfy(\.isWhitespace) else {
        throw LineError(column: start, problem: "\(key.rawValue)= has no value")
      }
      values[key] = Value(text: value.text, column: start + key.rawValue.count + 1)
    }
  }

  /// Steps behind the equals sign.
  private mutating func key() throws(LineError) -> Key {
    let start = column
    var name = ""
    while position < line.count, line[position] != "=", !line[position].isWhitespace {
      name.append(line[position])
      position += 1
    }
    guard position < line.count, line[position] == "=" else {
      throw LineError(
        column: start, problem: "expected key=value, found \"\(name)\"; a value with blanks needs quotes")
    }
    guard let key = Key(rawValue: name) else {
      throw LineError(
        column: start, problem: "unknown key \"\(name)=\"; expected one of \(Key.list(Key.allCases))")
    }
    position += 1
    return key
  }

  /// A backslash stays where it stands outside of quotes' own escapes: it is the pattern's.
  private mutating func word() throws(LineError) -> String {
    var text = ""
    while position < line.count, !line[position].isWhitespace {
      let character = line[position]
      position += 1
      if character == "\"" || character == "'" {
        text += try quoted(character)
      } else {
        text.append(character)
      }
    }
    return text
  }

  private mutating func quoted(_ mark: Character) throws(LineError) -> String {
    let start = position
    var text = ""
    while position < line.count {
      let character = line[position]
      position += 1
      if character == mark { return text }
      if character == "\\", mark == "\"", position < line.count, line[position] == mark {
        text.append(mark)
        position += 1
      } else {
        text.append(character)
      }
    }
    throw LineError(column: start, problem: "the quote \(mark) is not closed")
  }
}
