// What is wrong with a fixture's own text: a mistake in it must not pass for an expectation that holds.

/// A directive that cannot be taken for what its author meant.
public struct FixtureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Path of the fixture, as it was given.
  public var file: String
  /// Counted from 1; nil where the mistake is the whole file's.
  public var line: Int?
  /// What was expected, what was found and what to do.
  public var problem: String

  public init(file: String, line: Int?, problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// `file:line: problem`, as compilers write it.
  public var description: String {
    guard let line else { return "\(file): \(problem)" }
    return "\(file):\(line): \(problem)"
  }
}
