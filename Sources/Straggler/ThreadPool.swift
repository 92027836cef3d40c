// A fixed number of threads that do work in the order in which it is given to them.

/// Threads that do work given to them, in the order in which it is given.
///
/// When the process exits, all work that was given to a pool is done first: the exit begins with shutting down every
/// pool and joining its threads. A pool that is dropped without `shutdown()` ends its threads when they have nothing
/// left to do. All members may be used from any thread.
///
/// In Python: `concurrent.futures.ThreadPoolExecutor`.
public final class ThreadPool: Sendable {
  /// The name that the pool's threads begin with.
  public let name: String
  /// How many threads the pool has at most.
  public let limit: Int
  private let queue: PoolQueue

  /// Makes a pool, which starts its threads as it needs them. They are no daemons, whoever makes the pool.
  ///
  /// - Parameters:
  ///   - limit: how many threads it has at most. Less than one is a mistake that ends the program.
  ///   - name: its threads are called `NAME_0`, `NAME_1`...; `ThreadPool-N` where it is nil.
  public init(limit: Int, name: String? = nil) {
    precondition(limit >= 1, "max_workers must be greater than 0; it is \(limit)")
    self.limit = limit
    self.name = name ?? "ThreadPool-\(Runtime.shared.nextThreadNumber())"
    queue = PoolQueue(name: self.name, limit: limit)
  }

  deinit {
    queue.close(cancelPending: false)
  }

  /// Gives the pool something to do. Does not wait for it.
  ///
  /// In Python: `ThreadPoolExecutor.submit(f, ...)`.
  ///
  /// - Parameter work: what is done, on one of the pool's threads. What it throws is its outcome.
  /// - Returns: the work's outcome to be.
  /// - Throws: `ThreadPoolError.shutDown`; `.exitBegun` once the exit waits for threads; `.noThread` if the pool has no
  ///   thread and the system refuses one.
  public func submit<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) throws(ThreadPoolError) -> Future<Value> {
    let future = Future(name: name, work: work)
    try queue.add(
      PoolJob(run: { future.run() }, cancel: { future.cancel() }, abandon: { future.cancelIfNobodyLooks() }))
    return future
  }

  /// Does `transform` with every element, on the pool's threads, and blocks until all is done.
  ///
  /// In Python: `ThreadPoolExecutor.map(f, elements)`.
  ///
  /// - Parameters:
  ///   - elements: what is worked on.
  ///   - transform: what is done with each.
  /// - Returns: the results, in the elements' order.
  /// - Throws: what `transform` threw for the first element for which it did, after cancelling what has not begun; as
  ///   `submit`.
  public func map<Elements: Sequence, Value: Sendable>(
    _ elements: Elements, _ transform: @escaping @Sendable (Elements.Element) throws -> Value
  ) throws -> [Value] where Elements.Element: Sendable {
    let futures = try elements.map { element in try submit { try transform(element) } }
    do {
      return try futures.map { try $0.wait() }
    } catch {
      for future in futures { future.cancel() }
      throw error
    }
  }

  /// Takes no more work; what was given is done. May be called again.
  ///
  /// In Python: `ThreadPoolExecutor.shutdown(wait, cancel_futures)`.
  ///
  /// - Parameters:
  ///   - wait: whether to block until the pool's threads have ended. A thread of the pool does not wait for itself.
  ///   - cancelPending: whether to cancel what has not begun.
  public func shutdown(wait: Bool = true, cancelPending: Bool = false) {
    queue.close(cancelPending: cancelPending)
    if wait { queue.joinThreads() }
  }
}

/// Work that a pool does not take.
public enum ThreadPoolError: Error, Hashable, Sendable {
  /// The pool was shut down. `name` is the pool's.
  case shutDown(name: String)
  /// The exit waits for threads: the pools are shut down, and none takes work any more.
  case exitBegun(name: String)
  /// The pool has no thread, and none could be started.
  case noThread(ThreadError)
}

extension ThreadPoolError: CustomStringConvertible {
  /// What was asked, why it cannot be, and what to do.
  public var description: String {
    switch self {
    case .shutDown(let name):
      "cannot schedule new futures after shutdown of pool \"\(name)\"; submit before shutdown(), or make another pool"
    case .exitBegun(let name):
      "cannot schedule new futures after interpreter shutdown: the exit has shut pool \"\(name)\" down; submit before the"
        + " process exits"
    case .noThread(let error):
      "cannot schedule new futures: the pool has no thread, and \(error)"
    }
  }
}
