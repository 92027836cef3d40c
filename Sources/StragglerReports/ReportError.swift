// Why a saved report could not be read.

/// One line each: what was expected, what was found, what to do. Whoever shows it puts the file's name before it.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  /// The text ends before the value does.
  case truncated(length: Int)
  /// Not JSON, from this byte on.
  case malformed(offset: Int, expected: String)
  /// JSON, but no report.
  case foreign
  case newerVersion(found: Int, known: Int)
  /// A value that the format does not allow there; `key` is its path (`findings[0].rule`).
  case wrongValue(key: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .truncated(let length):
      "the report ends too early, after \(length) bytes: it is truncated; save it again"
    case .malformed(let offset, let expected):
      "not JSON: expected \(expected) at byte \(offset); give a report written by `straggler run --report json=FILE`"
    case .foreign:
      "JSON, but no report: it has no \"schemaVersion\"; give a report written by `straggler run --report json=FILE`"
    case .newerVersion(let found, let known):
      "written by a newer straggler: schema version \(found), this one knows \(known); update straggler"
    case .wrongValue(let key, let expected, let found):
      "damaged report: \(visible(key)) is \(visible(found)), expected \(expected); save it again"
    }
  }
}
