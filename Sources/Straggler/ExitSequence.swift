// The runtime's part of the exit: early callbacks, joins, exit callbacks, finalizing.
//
// Every step reads how far the exit has come from the runtime's state, so that a callback that calls exit() itself goes
// on with the rest instead of beginning again. Where CPython loses something it is not followed: a failing early
// callback does not skip the joins, a callback registered by a callback is called, and a thread started by one is
// joined.

internal import CStragglerLocks
internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc
internal import Synchronization

enum ExitSequence {
  /// Runs on the thread that exits, before C's exit handlers. Returns when the exit is finalizing.
  static func run() {
    guard !Runtime.shared.lock.isHeldByCaller else { return leaveOut() }
    let thread = Thread.current
    guard claim(thread) else { leaveToOther(thread) }
    callEarlyCallbacks()
    straggler_exit_watch()  // before anybody can know that the exit waits
    countAsEnded(thread)
    repeat {
      ExitWait.joinThreads()
      enter(.exitCallbacks)
      callExitCallbacks()
      ExitWait.awaitSections()
    } while !finalize()
    straggler_exit_phase(ExitProgress.Phase.finalizing.recorded)
    // As a shell says that a signal ended a program. The exit goes on with the new status, C's own handlers included,
    // which a death by that signal would leave out.
    if let signal = takeInterruption() { exit(128 + signal) }
  }

  /// A signal's handler exits that came while its thread had the runtime's lock: what it interrupted can't go on, and give the
  /// lock back, before the handler returns, which exit never does. To block signals wherever the lock is held would cost two
  /// system calls each time, and not help where a handler comes in the middle of malloc.
  private static func leaveOut() {
    guard !Runtime.shared.isExitLeftOut.exchange(true, ordering: .relaxed) else { return }
    StandardError.writeLine(
      "The exit calls no callback and waits for no thread: a signal's handler called it in the middle of the runtime")
  }

  /// The signal that cut the exit short, once: the exit that comes of it goes through `run` again.
  private static func takeInterruption() -> Int32? {
    guard let signal = ExitWait.interruption else { return nil }
    return Runtime.withLock { held, state in
      defer { state[held].exit.isInterruptionTaken = true }
      return state[held].exit.isInterruptionTaken ? nil : signal
    }
  }

  /// Makes the thread the one that exits. False if another one is.
  private static func claim(_ thread: Thread) -> Bool {
    Runtime.withLock { held, state in
      guard state[held].exit.thread == nil || state[held].exit.thread === thread else { return false }
      state[held].exit.thread = thread
      forgetOwnEnd(held, state)
      thread.isExiting.store(true, ordering: .relaxed)
      return true
    }
  }

  /// The last thread's end is an exit too (main has left by pthread_exit), on a thread that has ended already: nobody can
  /// wait for it.
  private static func forgetOwnEnd(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>) {
    state[held].ended.removeAll { thread in
      guard case .ended(let handle) = thread.life[held].stage else { return false }
      guard pthread_equal(handle, pthread_self()) != 0 else { return false }
      thread.life[held].stage = .exiting
      return true
    }
  }

  /// Two threads exit at once: the first one's exit counts, and must not wait for the second.
  private static func leaveToOther(_ thread: Thread) -> Never {
    Runtime.withLock { held, _ in
      thread.life[held].stage = .exiting
      thread.announceChange()
    }
    stopForGood()
  }

  private static func enter(_ phase: ExitProgress.Phase) {
    let isNew = Runtime.withLock { held, state in state[held].exit.advance(to: phase) }
    if isNew { straggler_exit_phase(phase.recorded) }
  }

  // MARK: Callbacks

  private static func callEarlyCallbacks() {
    enter(.earlyCallbacks)
    while let callback = nextEarlyCallback() { call(callback, as: "early exit callback") }
  }

  /// Takes the newest early callback. When there is none, the phase ends in the same moment: a callback that comes
  /// later is refused, not lost.
  private static func nextEarlyCallback() -> Exit.Callback? {
    let (callback, isOver) = Runtime.withLock { held, state in
      let callback = state[held].exit.earlyCallbacks.popLast()
      return (callback, callback == nil && state[held].exit.advance(to: .joining))
    }
    if isOver { straggler_exit_phase(ExitProgress.Phase.joining.recorded) }
    return callback
  }

  private static func callExitCallbacks() {
    while let callback = Runtime.withLock({ held, state in state[held].exit.exitCallbacks.popLast() }) {
      call(callback, as: "exit callback")
    }
  }

  private static func call(_ callback: Exit.Callback, as kind: String) {
    do {
      try callback()
    } catch {
      StandardError.writeLine("Exception ignored in \(kind): \(error)")
    }
  }

  // MARK: Threads

  /// The exiting thread, and the main thread whoever exits, count as ended from here on: threads that wait for them
  /// must end before the exit can go on.
  private static func countAsEnded(_ thread: Thread) {
    Runtime.withLock { held, state in
      for ending in [thread, state[held].main] {
        ending.life[held].stage = .exiting
        ending.announceChange()
      }
    }
  }

  /// The cut-off, if nothing new has appeared. From here on no thread starts and no callback is registered.
  private static func finalize() -> Bool {
    Runtime.withLock { held, state in
      if case .finalizing = state[held].exit.phase { return true }
      guard state[held].exit.exitCallbacks.isEmpty, ExitWait.threadsToJoin(held, state).isEmpty else { return false }
      if state[held].exit.advance(to: .finalizing) { straggler_begin_finalizing() }
      return true
    }
  }
}
