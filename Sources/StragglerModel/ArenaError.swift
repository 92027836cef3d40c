// Why an arena could not be read, in words for the person who gave its name.

/// An arena that could not be read: which one, what was expected, what was found, what to do.
public struct ArenaError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    /// There is no such file.
    case missing
    /// The system refused: `operation` is the call's name, `code` its errno, `explanation` strerror's text.
    case unreadable(operation: String, code: Int32, explanation: String)
    /// `expected` bytes should have been there, `found` were.
    case truncated(expected: UInt64, found: UInt64)
    /// The file does not begin as an arena does.
    case foreign
    /// The recorder that wrote it is younger than this reader.
    case newer(found: UInt32, known: UInt32)
    /// A field holds what no recorder writes.
    case damaged(field: String, expected: String, found: String)
  }

  /// The name under which the arena was given: mostly a path.
  public var arena: String
  public var reason: Reason

  public init(arena: String, reason: Reason) {
    self.arena = arena
    self.reason = reason
  }

  /// One line, without a full stop.
  public var description: String {
    switch reason {
    case .missing:
      "arena '\(arena)': no such file; give the path of an arena that a recorder left"
    case .unreadable(let operation, let code, let explanation):
      "arena '\(arena)': \(operation) failed: \(explanation) (errno \(code)); an arena is a regular file or a memfd"
    case .truncated(let expected, let found):
      "arena '\(arena)': expected \(expected) bytes, found \(found): the file was cut short; record again"
    case .foreign:
      "arena '\(arena)': expected the bytes \"STRAGGLE\" at its beginning, found others: this is no arena"
    case .newer(let found, let known):
      "arena '\(arena)': written by a newer version (layout \(found), known is \(known)); update straggler"
    case .damaged(let field, let expected, let found):
      "arena '\(arena)': damaged: \(field) should be \(expected), found \(found); record again"
    }
  }
}
