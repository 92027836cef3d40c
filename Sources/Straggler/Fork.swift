// What the runtime becomes in a forked child, where only the thread that called fork exists.

internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc
internal import Synchronization

extension Runtime {
  /// Takes what the child must find whole. Runs before fork makes the child.
  func beginFork() {
    // The child must know whether the thread that forks is the main one.
    if Thread.isMainThread { _ = Thread.current }
    lock.lockBeforeFork { held in PoolQueue.tryLock(pools.elements(held)) }
  }

  func endForkInParent() {
    lock.unlockInParent { held in PoolQueue.unlock(pools.elements(held)) }
  }

  /// Makes the forking thread the main and only one. Runs in the child, before fork returns there, with the lock held.
  ///
  /// The exit callbacks stay registered. The program's own locks stay as they were: one that another thread held will
  /// not be given back.
  func becomeForkedChild() {
    lock.unlockInChild { held in
      straggler_exit_wait_prepare()
      state[held].generation += 1
      for queue in pools.elements(held) { queue.unlockInChild() }
      let survivor = forkedMainThread()
      Runtime.leave(survivor, in: state, held)
      survivor.remember(straggler_thread_number())
    }
  }

  /// Does once, before any fork and in a state of no consequence, what a child will do: where Swift has to make a generic
  /// type's metadata first, it takes a lock that the child may find taken for ever.
  func rehearseFork() {
    lock.withLock { held in
      let one = Thread(mainThreadOf: 0)
      let state = Guarded(State(threads: [one, Thread(mainThreadOf: 0)], main: one))
      Runtime.leave(one, in: state, held)
      let queues = pools.elements(held) + [PoolQueue(name: "", limit: 1)]
      while !PoolQueue.tryLock(queues) { sched_yield() }
      for queue in queues { queue.unlockInChild() }
    }
  }

  private static func leave(_ survivor: Thread, in state: Guarded<State>, _ held: RuntimeLock.Held) {
    for thread in state[held].threads + state[held].ended where thread !== survivor {
      thread.life[held].stage = .gone
      thread.changed.reinitializeAfterFork()
    }
    survivor.changed.reinitializeAfterFork()
    survivor.life[held].nativeID = straggler_kernel_thread_id()
    state[held].threads = [survivor]
    state[held].ended = []
    state[held].main = survivor
    let own = pthread_self()
    state[held].guardedSections.removeAll { pthread_equal($0.entrant, own) == 0 }
    state[held].exit.isInterruptionTaken = false
    if !survivor.isExiting.load(ordering: .relaxed) { state[held].exit.restart() }
  }

  /// The object of the only thread: its own if the runtime started it or it was the main one already.
  private func forkedMainThread() -> Thread {
    if let known = Thread.currentIfKnown, known.origin != .foreign { return known }
    let thread = Thread(mainThreadOf: getpid())
    thread.becomeCurrent()
    return thread
  }
}
