// Work that is done once, later, unless it is cancelled.

/// A thread that waits and then calls something once.
///
/// Exit waits for a timer that was started, until it has fired or is cancelled, unless it is a daemon. All members may
/// be used from any thread; only `start` and the joins block. Where Foundation is imported too, write
/// `Straggler.Timer`.
///
/// In Python: `threading.Timer`.
public final class Timer: Sendable {
  /// The thread that waits, and then calls the body.
  public let thread: Thread
  private let finished: Event

  /// Makes a timer, which does not run until `start()`.
  ///
  /// In Python: `threading.Timer(seconds, f)`.
  ///
  /// - Parameters:
  ///   - interval: how long it waits after `start`, on CLOCK_MONOTONIC. A negative one is zero.
  ///   - name: the thread's name.
  ///   - daemon: whether exit goes on without waiting for it; nil as for `Thread`.
  ///   - body: what is called, on the timer's thread.
  public init(
    after interval: Duration, name: String? = nil, daemon: Bool? = nil, body: @escaping Thread.Body
  ) {
    let finished = Event(name: name)
    self.finished = finished
    thread = Thread(name: name, daemon: daemon) {
      defer { finished.set() }
      guard !finished.wait(timeout: interval) else { return }
      try body()
    }
  }

  /// Starts the wait, and returns once the timer's thread is alive. Once only.
  ///
  /// In Python: `Timer.start()`.
  ///
  /// - Throws: as `Thread.start`.
  public func start() throws(ThreadError) {
    try thread.start()
  }

  /// Ends the wait without calling the body. Does nothing once the body was called. Does not wait for the thread's end.
  ///
  /// In Python: `Timer.cancel()`.
  public func cancel() {
    finished.set()
  }

  /// Whether the timer was cancelled, or its body has ended.
  ///
  /// In Python: `Timer.finished.is_set()`.
  public var isFinished: Bool { finished.isSet }

  /// Blocks until the timer's thread has ended: it was cancelled, or its body has returned.
  ///
  /// In Python: `Timer.join()`.
  ///
  /// - Throws: as `Thread.join`.
  public func join() throws(ThreadError) {
    try thread.join()
  }

  /// As `join()`, but at most for `timeout`. A negative timeout is zero.
  ///
  /// In Python: `Timer.join(timeout)`, in seconds.
  ///
  /// - Returns: true if the timer has ended.
  /// - Throws: as `Thread.join`.
  public func join(timeout: Duration) throws(ThreadError) -> Bool {
    try thread.join(timeout: timeout)
  }
}
