// The outcome of work that another thread does.

/// The outcome of work that was given to a `ThreadPool`.
///
/// All members may be used from any thread; only the waits block. A pool's own work that waits for work of the same
/// pool may wait for ever.
///
/// In Python: `concurrent.futures.Future`.
public final class Future<Value: Sendable>: Sendable {
  private let monitor: Monitor
  // Guarded by the monitor.
  private nonisolated(unsafe) var state: State

  private enum State {
    case pending(@Sendable () throws -> Value)
    case running
    case done(Result<Value, any Error>)
  }

  init(name: String?, work: @escaping @Sendable () throws -> Value) {
    monitor = Monitor(name: name)
    state = .pending(work)
  }

  /// Whether the outcome is there: the work has ended, or was cancelled.
  ///
  /// In Python: `Future.done()`.
  public var isDone: Bool {
    stopIfFinalizing()
    return monitor.withLock { if case .done = state { true } else { false } }
  }

  /// Cancels the work if it has not begun, without waiting. Whoever waits for it gets CancellationError.
  ///
  /// In Python: `Future.cancel()`.
  ///
  /// - Returns: whether the work was, or is now, cancelled.
  @discardableResult
  public func cancel() -> Bool {
    stopIfFinalizing()
    let former = monitor.withLock {
      let former = state
      if case .pending = state { finish(.failure(CancellationError())) }
      return former
    }
    // The work is released here, without the monitor: what ends with it is the program's.
    switch former {
    case .pending: return true
    case .running: return false
    case .done(.failure(let error)): return error is CancellationError
    case .done(.success): return false
    }
  }

  /// Cancels the work if it has not begun, unless a thread is just looking, and be it one that a forked child does not have.
  func cancelIfNobodyLooks() {
    guard monitor.tryLock() else { return }
    let former = state
    if case .pending = state { finish(.failure(CancellationError())) }
    monitor.unlock()
    withExtendedLifetime(former) {}
  }

  /// Blocks until the work has ended.
  ///
  /// In Python: `Future.result()`.
  ///
  /// - Returns: what it returned.
  /// - Throws: what it threw; CancellationError if it was cancelled.
  public func wait() throws -> Value {
    guard let result = wait(until: nil) else { preconditionFailure("a wait without a deadline ended by it") }
    return try result.get()
  }

  /// As `wait()`, but at most for `timeout`. A negative timeout is zero.
  ///
  /// In Python: `Future.result(timeout)`, in seconds, which raises TimeoutError.
  ///
  /// - Returns: what the work returned; nil if it has not ended in time.
  /// - Throws: what it threw; CancellationError if it was cancelled.
  public func wait(timeout: Duration) throws -> Value? {
    try wait(until: Deadline(after: timeout))?.get()
  }

  private func wait(until deadline: Deadline?) -> Result<Value, any Error>? {
    stopIfFinalizing()
    defer { stopIfFinalizing() }
    return monitor.withLock {
      var result: Result<Value, any Error>?
      _ = monitor.wait(until: deadline) {
        if case .done(let outcome) = state { result = outcome }
        return result != nil
      }
      return result
    }
  }

  /// Does the work, unless it was cancelled.
  func run() {
    let work = monitor.withLock { () -> (@Sendable () throws -> Value)? in
      guard case .pending(let work) = state else { return nil }
      state = .running
      return work
    }
    guard let work else { return }
    let result = Result { try work() }
    monitor.withLock { finish(result) }
  }

  private func finish(_ result: Result<Value, any Error>) {
    state = .done(result)
    monitor.broadcast()
  }
}
