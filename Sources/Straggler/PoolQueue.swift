// What the threads of a pool share: the work that is to be done, and whether more will come.

/// One piece of work.
struct PoolJob: Sendable {
  let run: @Sendable () -> Void
  let cancel: @Sendable () -> Void
  /// As `cancel`, in a forked child, where whoever was just at the outcome stays there for ever.
  let abandon: @Sendable () -> Void
}

/// The queue of a `ThreadPool`. The pool's threads know it alone, so that a pool which nobody knows any more goes away.
final class PoolQueue: Sendable {
  private let name: String
  private let limit: Int
  private let monitor: Monitor
  // All guarded by the monitor.
  /// A place is empty once its job was taken.
  private nonisolated(unsafe) var jobs: [PoolJob?] = []
  /// How many of `jobs` were taken: what is left of an array from there on is a queue.
  private nonisolated(unsafe) var taken = 0
  private nonisolated(unsafe) var threads: [Thread] = []
  private nonisolated(unsafe) var idle = 0
  /// Threads of `threads` that somebody is just starting.
  private nonisolated(unsafe) var starting = 0
  private nonisolated(unsafe) var closing = Closing.open
  /// The process whose exit knows of the queue: `Runtime.State.generation`.
  private nonisolated(unsafe) var generation: Int?

  private enum Closing {
    case open
    case shutDown
    case exiting
  }

  init(name: String, limit: Int) {
    self.name = name
    self.limit = limit
    monitor = Monitor(name: name)
  }

  /// Adds work, and a thread for it if none is idle and there is room for one.
  func add(_ job: PoolJob) throws(ThreadPoolError) {
    stopIfFinalizing()
    enlist()
    let thread = try monitor.withLock { () throws(ThreadPoolError) -> Thread? in
      switch closing {
      case .open: break
      case .shutDown: throw .shutDown(name: name)
      case .exiting: throw .exitBegun(name: name)
      }
      jobs.append(job)
      monitor.broadcast()
      return idle >= jobs.count - taken ? nil : newThread()
    }
    if let thread { try start(thread) }
  }

  private func start(_ thread: Thread) throws(ThreadPoolError) {
    defer {
      monitor.withLock {
        starting -= 1
        monitor.broadcast()
      }
    }
    do throws(ThreadError) {
      try thread.start()
    } catch {
      try forget(thread, because: error)
    }
  }

  /// Lets the exit know of the queue, before its first work in this process. In a forked child none of the threads exist, and
  /// work that they had still to do stays the parent's.
  private func enlist() {
    let own = Runtime.withLock { held, state in state[held].generation }
    let inherited = monitor.withLock { () -> [PoolJob]? in
      guard generation != own else { return nil }
      generation = own
      threads = []
      return takeAll()
    }
    guard let inherited else { return }
    for job in inherited { job.abandon() }
    if !Runtime.shared.pools.add(self) { close(as: .exiting, cancelPending: false) }
  }

  private func newThread() -> Thread? {
    guard threads.count < limit else { return nil }
    let thread = Thread(name: "\(name)_\(threads.count)", daemon: false) { [self, generation = generation] in
      work(in: generation)
    }
    threads.append(thread)
    starting += 1
    return thread
  }

  /// A thread that could not be started is missed only if there is no other one.
  private func forget(_ thread: Thread, because error: ThreadError) throws(ThreadPoolError) {
    let left = monitor.withLock {
      threads.removeAll { $0 === thread }
      return threads.isEmpty ? takeAll() : nil
    }
    guard let left else { return }
    for job in left { job.cancel() }
    throw .noThread(error)
  }

  /// What each thread does. One that forks in the middle of a job leaves the other ones to the parent.
  private func work(in generation: Int?) {
    while let job = next(in: generation) { job.run() }
  }

  private func next(in ownGeneration: Int?) -> PoolJob? {
    monitor.withLock {
      guard generation == ownGeneration else { return nil }
      idle += 1
      defer { idle -= 1 }
      _ = monitor.wait(until: nil) { taken < jobs.count || closing != .open }
      guard taken < jobs.count else { return nil }
      defer { dropTaken() }
      taken += 1
      return jobs[taken - 1].take()
    }
  }

  private func dropTaken() {
    guard taken > 32, taken > jobs.count / 2 else { return }
    jobs.removeFirst(taken)
    taken = 0
  }

  private func takeAll() -> [PoolJob] {
    defer {
      jobs = []
      taken = 0
    }
    return jobs[taken...].compactMap(\.self)
  }

  /// Takes no more work.
  func close(cancelPending: Bool) {
    close(as: .shutDown, cancelPending: cancelPending)
    Runtime.shared.pools.remove(self)
  }

  private func close(as how: Closing, cancelPending: Bool) {
    let cancelled = monitor.withLock {
      if closing == .open { closing = how }
      monitor.broadcast()
      return cancelPending ? takeAll() : []
    }
    for job in cancelled { job.cancel() }
  }

  func joinThreads() {
    let threads = monitor.withLock {
      _ = monitor.wait(until: nil) { starting == 0 }
      return self.threads
    }
    // Only what waits for itself is refused, as is a daemon once finalizing: these are none.
    for thread in threads where thread !== Thread.currentIfKnown { try? thread.join() }
  }

  // MARK: - Fork

  /// Takes all queues' mutexes, or none, without waiting for one.
  static func tryLock(_ queues: [PoolQueue]) -> Bool {
    for (index, queue) in queues.enumerated() where !queue.monitor.tryLock() {
      unlock(Array(queues[..<index]))
      return false
    }
    return true
  }

  static func unlock(_ queues: [PoolQueue]) {
    for queue in queues { queue.monitor.unlock() }
  }

  /// Forgets the threads in a forked child, and gives back what `tryLock` took.
  func unlockInChild() {
    (generation, idle, starting) = (nil, 0, 0)
    monitor.reinitializeAfterFork()
    monitor.unlock()
  }

  /// What becomes of pools at the beginning of the exit: their work is done.
  static func end(_ queues: [PoolQueue]) {
    for queue in queues { queue.close(as: .exiting, cancelPending: false) }
    for queue in queues { queue.joinThreads() }
  }
}
