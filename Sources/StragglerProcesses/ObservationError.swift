// Why a program could not be observed, in one line, with the status that says so.

internal import Glibc

/// A run that came to nothing: what was wrong with which object, and what to do.
public struct ObservationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What `straggler run` ends with (docs/running.md, "Status").
  public enum Status: Int32, Sendable {
    /// Straggler itself failed, or the recorder did not attach.
    case failed = 125
    /// The program can't be executed, or can't be observed.
    case unobservable = 126
    /// There is no such program.
    case notFound = 127
  }

  public var status: Status
  /// One line, without a full stop at its end.
  public var description: String

  public init(_ status: Status, _ description: String) {
    self.status = status
    self.description = description
  }

  /// The system's own words for an errno value.
  static func words(for error: Int32) -> String {
    String(cString: strerror(error))
  }

  /// A system call that failed where nothing of the user's is at fault.
  static func system(_ what: String, _ error: Int32, remedy: String = "") -> ObservationError {
    let remedy = error == EMFILE ? "; raise the limit of open files (ulimit -n)" : remedy
    return ObservationError(.failed, "\(what): \(words(for: error))\(remedy)")
  }
}
