// What the runtime becomes in a forked child, where only the thread that called fork exists.

internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc
internal import Synchronization

extension Runtime {
  /// Makes the forking thread the main and only one. Runs in the child, before fork returns there, with the lock held.
  ///
  /// The exit callbacks stay registered. The program's own locks stay as they were: one that another thread held will
  /// not be given back.
  func becomeForkedChild() {
    lock.unlockInChild { held in
      straggler_exit_wait_prepare()
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
    state[held].guardedSections.removeAll { $0.thread != nil && $0.thread !== survivor }
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
