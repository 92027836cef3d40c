// Work that is done once, later, unless it is cancelled.

/// A thread that waits and then calls something once: CPython's `threading.Timer`.
///
/// Exit waits for a timer that was started, until it has fired or is cancelled, unless it is a daemon. Where Foundation
/// is imported too, write `Straggler.Timer`.
public final class Timer: Sendable {
  /// The thread that waits, and then calls the body.
  public let thread: Thread
  private let finished: Event

  /// Makes a timer, which does not run until `start()`.
  ///
  /// - Parameters:
  ///   - interval: how long it waits. A negative one is none.
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

  /// Starts the wait.
  ///
  /// - Throws: as `Thread.start`.
  public func start() throws(ThreadError) {
    try thread.start()
  }

  /// Ends the wait without calling the body. Does nothing once the body was called.
  public func cancel() {
    finished.set()
  }

  /// Whether the timer was cancelled, or its body has ended (`finished.is_set`).
  public var isFinished: Bool { finished.isSet }

  /// Waits until the timer was cancelled, or its body has ended.
  ///
  /// - Throws: as `Thread.join`.
  public func join() throws(ThreadError) {
    try thread.join()
  }

  /// As `join()`, but at most for `timeout`. A negative timeout is none.
  ///
  /// - Returns: true if the timer has ended.
  /// - Throws: as `Thread.join`.
  public func join(timeout: Duration) throws(ThreadError) -> Bool {
    try thread.join(timeout: timeout)
  }
}
