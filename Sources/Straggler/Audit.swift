// What would be found if the process ended now.

/// What an audit found: the findings as they would be if the process ended at that moment.
///
/// A value: it knows nothing of what the threads did since. Python has none.
public struct Audit: Sendable, Equatable {
  /// The heaviest first.
  public var findings: [Finding]
  /// What could not be observed, and why, so that silence is not taken for proof.
  public var unseen: [String]
  /// How many things the recorder had no room for.
  public var lost: Int

  /// One thing worth a person's attention.
  public struct Finding: Sendable, Equatable {
    /// The rule that made it, as `straggler explain` knows it: `abandoned-lock`.
    public var rule: String
    /// What it weighs.
    public var level: Level
    /// One line that says what would happen.
    public var message: String
    /// The thread concerned; nil where the recorder has forgotten it.
    public var thread: ThreadIdentity?
    /// What it has; nil if it has nothing.
    public var resource: Resource?
    /// Threads that wait for the resource.
    public var waiters: [ThreadIdentity]
    /// Threads for which the same was found.
    public var similar: [ThreadIdentity]
    /// Where the resource was acquired: return addresses, the innermost first, as far as they are known without
    /// stopping the thread. Of a file: where it was opened, by whichever thread.
    public var acquired: [Place]
  }

  /// The weight of a finding, from the lightest to the heaviest.
  public enum Level: Int, Sendable, Comparable {
    /// Worth knowing; by itself no fault.
    case note
    /// May be a fault: somebody should look at it.
    case warning
    /// A fault: something is cut off half done, or is waited for in vain.
    case error

    /// Whether the left one weighs less.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// A thread: enough to find it.
  public struct ThreadIdentity: Sendable, Hashable {
    /// Serial number in this process: `Thread.number`.
    public var number: Int
    /// The kernel's id; nil for a thread that has not run yet.
    public var nativeID: Int32?
    /// Its name; nil where it has none.
    public var name: String?
  }

  /// A lock, an open file or a critical section.
  public struct Resource: Sendable, Hashable {
    /// Its kind, as in reports: `mutex`, `file`, `critical-section`...
    public var kind: String
    /// The program's name for it; nil where it has none.
    public var name: String?
    /// The path of a file; nil where it is not known, and for what is no file.
    public var path: String?
  }

  /// An address in the program's code.
  public struct Place: Sendable, Hashable {
    /// The address, as it is in this process.
    public var address: UInt64
    /// The ELF file that it is in; nil where it is in none.
    public var module: String?
  }
}

/// An audit that could not be made.
public enum AuditError: Error, Hashable, Sendable {
  /// Nothing is recorded in this process.
  case noRecorder
  /// What is recorded could not be read; `explanation` says why.
  case unreadable(explanation: String)
}

extension AuditError: CustomStringConvertible {
  /// What was asked, why it cannot be, and what to do.
  public var description: String {
    switch self {
    case .noRecorder:
      "cannot audit: nothing is recorded in this process; link the program with Straggler, or run it by `straggler run`"
    case .unreadable(let explanation):
      "cannot audit: the record cannot be read: \(explanation)"
    }
  }
}
