// What a program wants done when it exits.

/// Callbacks of the exit.
///
/// When `main` returns or `exit` is called, the thread that exits
///
/// 1. calls the early callbacks, the newest first,
/// 2. waits for every thread that is not a daemon, also for those that are started meanwhile,
/// 3. calls the exit callbacks, the newest first, and waits for threads that they started,
/// 4. stops the daemons at their next operation of the runtime (*finalizing*), and goes on with C's own exit handlers.
///
/// A death by signal, `_exit`, `quick_exit` and `abort` do none of this. SIGINT and SIGTERM during 2, unless the
/// program handles or ignores them, end the wait: the threads that are abandoned are named on standard error, and 3
/// follows.
public enum Exit {
  /// What is called. It runs on the thread that exits. What it throws is printed to standard error, and neither stops
  /// the rest of the exit nor changes the process's status.
  public typealias Callback = @Sendable () throws -> Void

  /// Registers a callback for after the non-daemon threads have ended. Daemons still run then.
  ///
  /// May be called from any thread, and from a callback: the new one is called next. Does not wait.
  ///
  /// In Python: `atexit.register(callback)`.
  ///
  /// - Throws: `ExitError.tooLate` if the exit is finalizing.
  public static func atExit(_ callback: @escaping Callback) throws(ExitError) {
    stopIfFinalizing()
    let isInTime = Runtime.withLock { held, state in
      guard state[held].exit.phase < .finalizing else { return false }
      state[held].exit.exitCallbacks.append(callback)
      return true
    }
    guard isInTime else { throw .tooLate(kind: .exitCallback) }
  }

  /// Registers a callback for the beginning of the exit, before it waits for threads: the place to tell them to end.
  ///
  /// May be called from any thread, and from an early callback: the new one is called next. Does not wait.
  ///
  /// In Python: `threading._register_atexit(callback)`, which is not public there.
  ///
  /// - Throws: `ExitError.tooLate` once the exit waits for threads.
  public static func atExitEarly(_ callback: @escaping Callback) throws(ExitError) {
    stopIfFinalizing()
    let isInTime = Runtime.withLock { held, state in
      guard state[held].exit.phase <= .earlyCallbacks else { return false }
      state[held].exit.earlyCallbacks.append(callback)
      return true
    }
    guard isInTime else { throw .tooLate(kind: .earlyCallback) }
  }
}

/// A callback that cannot be registered.
public enum ExitError: Error, Hashable, Sendable {
  /// The exit has gone past the point where it would have been called.
  case tooLate(kind: Kind)

  /// Which list a callback was meant for.
  public enum Kind: Hashable, Sendable {
    /// Of `Exit.atExitEarly`.
    case earlyCallback
    /// Of `Exit.atExit`.
    case exitCallback
  }
}

extension ExitError: CustomStringConvertible {
  /// What was asked, why it cannot be, and what to do.
  public var description: String {
    switch self {
    case .tooLate(.earlyCallback):
      "cannot register an early exit callback: the exit already waits for threads;"
        + " register it before the process exits, or use Exit.atExit"
    case .tooLate(.exitCallback):
      "cannot register an exit callback: the exit has called all of them already; register it before the process exits"
    }
  }
}
