// What becomes of an error that nobody caught in a thread.

extension Thread {
  /// Told of an error that ended a thread, in that thread. What it throws is printed, and then the error as without a
  /// hook.
  public typealias UncaughtErrorHook = @Sendable (_ error: any Error, _ thread: Thread) throws -> Void

  /// What is told of errors that end threads. At first `printUncaught`. May be set from any thread; holds for the whole
  /// process.
  ///
  /// In Python: `threading.excepthook`.
  public static var uncaughtErrorHook: UncaughtErrorHook {
    get { Runtime.withLock { held, state in state[held].uncaughtErrorHook } }
    set {
      let former = Runtime.withLock { held, state in
        defer { state[held].uncaughtErrorHook = newValue }
        return state[held].uncaughtErrorHook
      }
      withExtendedLifetime(former) {}  // released without the lock: what ends with it is the program's
    }
  }

  /// Prints `Exception in thread NAME: ERROR` to standard error. Nothing for CancellationError, by which a thread may
  /// end itself, as Python's may by SystemExit.
  ///
  /// In Python: `threading.__excepthook__`.
  public static func printUncaught(_ error: any Error, _ thread: Thread) {
    guard !(error is CancellationError) else { return }
    StandardError.writeLine("Exception in thread \(thread.name): \(error)")
  }

  /// Hands an error of the body to the hook.
  func reportUncaught(_ error: any Error) {
    do {
      try Thread.uncaughtErrorHook(error, self)
    } catch let failure {
      StandardError.writeLine("Exception in Thread.uncaughtErrorHook: \(failure)")
      Thread.printUncaught(error, self)
    }
  }
}
