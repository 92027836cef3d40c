// What one fixture program states about itself.

/// The directives of one fixture program, read and checked.
public struct Fixture: Sendable, Equatable {
  /// Options for `straggler run`.
  public var options: [String] = []
  /// Expected status of `straggler run`.
  public var exitStatus: Int = 0
  public var findings: [FindingExpectation] = []
  /// Rules of which there must be no finding.
  public var absentRules: [String] = []
  /// Parts of lines that must be among what could not be seen, and of lines that must not.
  public var unseen: [String] = []
  public var absentUnseen: [String] = []
  /// Lines of the program's standard output, in order; others may stand between them.
  public var output: [String] = []
  /// No finding above note.
  public var clean = false
  /// Shell command that makes the program, with `%s` for the source and `%t` for the program.
  public var build: String?

  public init() {}
}

/// Findings that must be in the report: as many as `count`, with at least these values.
public struct FindingExpectation: Sendable, Equatable {
  /// What can be asked of a finding, by the key it is written with.
  public enum Key: String, Sendable, CaseIterable {
    case thread, resource, level, kind, mode, waiting, holder, message, function, line, process
  }

  public var rule: String
  public var count: Int
  public var values: [Key: String]
  /// Line of the fixture that states it, counted from 1.
  public var statedAt: Int

  public init(rule: String, count: Int = 1, values: [Key: String] = [:], statedAt: Int) {
    self.rule = rule
    self.count = count
    self.values = values
    self.statedAt = statedAt
  }
}

extension FindingExpectation: CustomStringConvertible {
  /// As it is written in a fixture.
  public var description: String {
    let stated = Key.allCases.compactMap { key in values[key].map { "\(key.rawValue)=\"\($0)\"" } }
    return ([rule] + stated + (count == 1 ? [] : ["count=\(count)"])).joined(separator: " ")
  }
}
