// Threads, as a report names them.

/// What was, or would be, of a thread when the process ended.
public enum ThreadState: String, Sendable, CaseIterable {
  /// It called exit, or returned from main.
  case exiting
  /// Alive when the process was frozen or ended.
  case abandoned
  /// Ended, and never joined.
  case unjoined
  case ended
  /// Alive in an audit: the process goes on.
  case running
}

/// A thread's identity: enough to find it in the list of threads.
public struct ThreadName: Sendable, Equatable, Hashable {
  /// Serial number in its process, from 1: the kernel uses thread ids again, this is used once.
  public var number: Int
  /// The kernel's thread id; nil for a thread that never ran.
  public var id: Int32?
  /// As the program named it, `main` for an unnamed main thread; nil where it has none.
  public var name: String?
  /// The recorder counts from the main thread on; in a forked child that is the one that forked.
  public var isMain: Bool { number == 1 }

  public init(number: Int, id: Int32?, name: String?) {
    self.number = number
    self.id = id
    self.name = name
  }
}

/// A thread, as a finding tells of it.
public struct ReportedThread: Sendable, Equatable {
  public var identity: ThreadName
  /// Exit does not wait for it.
  public var daemon: Bool
  /// The program said so itself; else it is a plain thread, for which exit never waits.
  public var declared: Bool
  public var state: ThreadState

  public init(identity: ThreadName, daemon: Bool, declared: Bool, state: ThreadState) {
    self.identity = identity
    self.daemon = daemon
    self.declared = declared
    self.state = state
  }
}

/// A thread of the report's list.
public struct ListedThread: Sendable, Equatable {
  public var thread: ReportedThread
  /// How many locks, open files and critical sections it had.
  public var holds: Int

  public init(thread: ReportedThread, holds: Int) {
    self.thread = thread
    self.holds = holds
  }
}
