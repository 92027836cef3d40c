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
    if let pattern = try Pattern(sanitizerLine: text, of: line) {
      return Suppression(place: place, text: String(text), reason: nil, until: nil, pattern: pattern)
    }
    let read = try SuppressionLine(line)
    let pattern = try Self.pattern(read)
    guard let reason = read[.reason] else {
      throw LineError(column: line.count + 1, problem: "the reason is missing: expected reason=\"...\"")
    }
    return Suppression(
      place: place, text: String(text), reason: reason.text, until: try day(read[.until]), pattern: pattern)
  }

  private static func pattern(_ line: SuppressionLine) throws(LineError) -> Pattern {
    let globs = line.values.filter(\.key.isPattern).map { (key: $0.key, glob: Glob($0.text)) }
    let rule = Glob(line.rule)
    let rules = RuleID.allCases.filter { rule.matches($0.rawValue) }
    guard rules.count < RuleID.allCases.count || !globs.allSatisfy(\.glob.isAnything) else {
      let keys = SuppressionLine.Key.list(SuppressionLine.Key.patterns)
      throw LineError(column: 1, problem: "it would suppress everything: name a rule, or one of \(keys)")
    }
    var pattern = Pattern(rules: Set(rules))
    for (key, glob) in globs {
      switch key {
      case .thread: pattern.thread = glob
      case .resource: pattern.resource = glob
      case .function: pattern.frame.function = glob
      case .module: pattern.frame.module = glob
      case .file: pattern.frame.file = glob
      case .until, .reason: break
      }
    }
    return pattern
  }

  private static func day(_ value: SuppressionLine.Value?) throws(LineError) -> CalendarDay? {
    guard let value else { return nil }
    guard let day = CalendarDay(value.text) else {
      throw LineError(column: value.column, problem: "expected a day as 2027-01-31, found \"\(value.text)\"")
    }
    return day
  }
}
