// What can be wrong with an operation on a thread.

internal import Glibc

/// An operation on a thread that cannot be done. `name` is the name of the thread concerned.
///
/// In Python: RuntimeError, and from 3.13 on PythonFinalizationError.
public enum ThreadError: Error, Hashable, Sendable {
  /// `start` was called a second time.
  case alreadyStarted(name: String)
  /// `join` was called before `start`.
  case notStarted(name: String)
  /// A thread was to wait for its own end.
  case joinsItself(name: String)
  /// `join` was called for a thread that the runtime did not start, and whose end it therefore cannot wait for.
  case foreign(name: String)
  /// `setDaemon` was called after `start`.
  case active(name: String)
  /// The system refused a new thread; `code` is pthread_create's error number.
  case refused(name: String, code: Int32)
  /// The exit has come to finalizing: no thread starts any more, and no daemon ends any more.
  case finalizing(name: String)
  /// A thread of the policy `refuse` was to be started, and the exit has begun.
  case exitBegun(name: String)
}

extension ThreadError: CustomStringConvertible {
  /// What was asked of which thread, why it cannot be, and what to do.
  public var description: String {
    switch self {
    case .alreadyStarted(let name):
      "cannot start thread \"\(name)\": threads can only be started once; make a new Thread with the same body"
    case .notStarted(let name):
      "cannot join thread \"\(name)\" before it is started; call start() first"
    case .joinsItself(let name):
      "cannot join current thread \"\(name)\": it would wait for its own end; join it from another thread"
    case .foreign(let name):
      "cannot join thread \"\(name)\": it was not started by a Straggler.Thread;"
        + " wait for it by the means of its library"
    case .active(let name):
      "cannot set daemon status of active thread \"\(name)\"; set it before start(), or pass daemon: to the initializer"
    case .refused(let name, let code):
      "can't start thread \"\(name)\": pthread_create failed with \(code), \(String(cString: strerror(code)));"
        + " let other threads end first, or raise the limit of processes (ulimit -u)"
    case .finalizing(let name):
      "cannot start or wait for thread \"\(name)\": the process is exiting and its daemon threads have been stopped;"
        + " do it in an exit callback (Exit.atExit)"
    case .exitBegun(let name):
      "cannot start thread \"\(name)\": the exit has begun, and its policy is to refuse then; start it before, or make it"
        + " with another policy"
    }
  }
}
