// A background thread that can be asked to stop: the way to have a daemon that leaves nothing behind.

/// A daemon thread with a stop signal: the pattern by which a background thread ends in good order, ready made.
///
///     let ticker = try Worker(name: "ticker") { stop in
///       while !stop.wait(timeout: .seconds(1)) { tick() }
///     }
///     ...
///     try ticker.stop()
///
/// A worker runs from when it is made. When the process exits, the workers that were not stopped are told to, all at
/// once, before the exit waits for threads, and each has `grace` to end: one that heeds its signal is never abandoned,
/// one that does not can't keep the process from exiting, and is reported. All members may be used from any thread.
///
/// In Python: a daemon thread, an Event that says stop, and a short join.
public final class Worker: Sendable {
  /// What a worker does. It should look at the signal often, and wait by it instead of sleeping.
  public typealias Body = @Sendable (_ stop: StopSignal) throws -> Void

  /// The worker's thread.
  public let thread: Thread
  /// How long exit, and `stop()`, wait for the worker to end.
  public let grace: Duration
  private let signal: StopSignal

  /// Starts a worker, and returns once its thread is alive.
  ///
  /// - Parameters:
  ///   - name: the thread's name; `Thread-N` where it is nil or empty.
  ///   - grace: how long `stop()`, and the exit, wait for it to end.
  ///   - body: what it does.
  /// - Throws: as `Thread.start`; `ThreadError.exitBegun` once the exit waits for threads, since nobody would stop it.
  public init(name: String? = nil, grace: Duration = .seconds(2), body: @escaping Body) throws(ThreadError) {
    let signal = StopSignal(name: name)
    self.signal = signal
    self.grace = grace
    thread = Thread(name: name, daemon: true) { try body(signal) }
    guard Runtime.shared.workers.add(self) else { throw .exitBegun(name: thread.name) }
    do throws(ThreadError) {
      try thread.start()
    } catch {
      Runtime.shared.workers.remove(self)
      throw error
    }
  }

  /// Tells the worker to stop, without waiting for it.
  public func requestStop() {
    signal.set()
  }

  /// Tells the worker to stop, and blocks until it has ended, at most for `grace`. May be called again.
  ///
  /// - Returns: true if it has ended. If not, it may still do so later.
  /// - Throws: as `Thread.join`.
  @discardableResult
  public func stop() throws(ThreadError) -> Bool {
    try stop(within: grace)
  }

  /// As `stop()`, with another limit.
  ///
  /// - Returns: true if the worker has ended. If not, it may still do so later.
  /// - Throws: as `Thread.join`.
  @discardableResult
  public func stop(within limit: Duration) throws(ThreadError) -> Bool {
    requestStop()
    let hasEnded = try thread.join(timeout: limit)
    if hasEnded { Runtime.shared.workers.remove(self) }
    return hasEnded
  }

  /// Whether nothing of the worker's thread is left.
  static func isOver(_ worker: Worker, _ held: RuntimeLock.Held) -> Bool {
    if case .gone = worker.thread.life[held].stage { true } else { false }
  }

  /// What becomes of workers at the beginning of the exit: they are stopped.
  static func end(_ workers: [Worker]) {
    for worker in workers { worker.requestStop() }
    let deadlines = workers.map { Deadline(after: $0.grace) }
    for (worker, deadline) in zip(workers, deadlines) { _ = try? worker.thread.join(until: deadline) }
  }
}

/// What tells a worker to stop: given to its body, and set by `Worker.stop` and by the exit.
///
/// In Python: the `threading.Event` that a loop waits by instead of sleeping.
public final class StopSignal: Sendable {
  private let event: Event

  init(name: String?) {
    event = Event(name: name.map { "stop " + $0 })
  }

  /// Whether the worker is to stop. Once true, it stays so.
  public var isSet: Bool { event.isSet }

  /// Blocks until the worker is to stop, or `timeout` is over: what a worker does instead of sleeping. A negative
  /// timeout is zero.
  ///
  /// - Returns: true if the worker is to stop.
  public func wait(timeout: Duration) -> Bool {
    event.wait(timeout: timeout)
  }

  /// Blocks until the worker is to stop.
  public func wait() {
    event.wait()
  }

  func set() {
    event.set()
  }
}
