// Waiting for a thread's end.

internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc
internal import Synchronization

extension Thread {
  /// Blocks until the thread has ended, its thread-local destructors included. May be called again, and from many
  /// threads. The main thread counts as ended once the exit waits for threads.
  ///
  /// In Python: `Thread.join()`.
  ///
  /// - Throws: `ThreadError.notStarted`, `.joinsItself`, `.foreign`; `.finalizing` for a daemon that will not end any
  ///   more.
  public func join() throws(ThreadError) {
    _ = try join(until: nil)
  }

  /// Blocks until the thread has ended, or `timeout` is over. A negative timeout is zero.
  ///
  /// In Python: `Thread.join(timeout)`, in seconds, and then `is_alive()`.
  ///
  /// - Returns: true if the thread has ended.
  /// - Throws: as `join()`.
  public func join(timeout: Duration) throws(ThreadError) -> Bool {
    try join(until: Deadline(after: timeout))
  }

  /// As `join(timeout:)`, until a moment.
  func join(until deadline: Deadline?) throws(ThreadError) -> Bool {
    stopIfFinalizing()
    if let error = joinError() { throw error }
    defer { stopIfFinalizing() }
    return waitForEnd(until: deadline)
  }

  private func joinError() -> ThreadError? {
    let (stage, phase) = Runtime.withLock { held, state in (life[held].stage, state[held].exit.phase) }
    if case .unstarted = stage { return .notStarted(name: name) }
    if self === Thread.current { return .joinsItself(name: name) }
    if origin == .foreign { return .foreign(name: name) }
    if phase == .finalizing, !stage.isOver { return .finalizing(name: name) }
    return nil
  }

  /// What a waiting thread has to do next.
  private enum Step {
    case join(pthread_t)
    case finished(Bool)
  }

  /// Waits for the end, then sees to it that the kernel's thread is joined, by this thread or another.
  ///
  /// - Returns: false if `deadline` passed before that.
  func waitForEnd(until deadline: Deadline?) -> Bool {
    switch awaitEnd(until: deadline) {
    case .finished(let ended): ended
    case .join(let handle): joinKernelThread(handle, until: deadline)
    }
  }

  /// Waits until there is a kernel thread to join, or nothing is left to wait for.
  private func awaitEnd(until deadline: Deadline?) -> Step {
    straggler_wait_begin_join(number ?? 0)
    defer { straggler_wait_end() }
    if deadline == nil { Thread.becomesTrueSoon { isBodyOver.load(ordering: .relaxed) } }
    return Runtime.withLock { held, _ in
      var isOver = false
      while true {
        switch life[held].stage {
        case .unstarted, .gone, .exiting:  // unstarted: its start failed meanwhile
          return .finished(true)
        case .ended(let handle):
          life[held].stage = .joining(handle)
          return .join(handle)
        case .running, .joining:
          if isOver { return .finished(false) }
          isOver = !Runtime.shared.lock.wait(for: changed, until: deadline, held)
        }
      }
    }
  }

  /// Joins the kernel's thread, which has only its thread-local destructors left to run.
  private func joinKernelThread(_ handle: pthread_t, until deadline: Deadline?) -> Bool {
    let isJoined = withoutCancellation { deadline.map { tryToJoin(handle, until: $0) } ?? join(handle) }
    return Runtime.withLock { held, state in
      guard isJoined else {
        life[held].stage = .ended(handle)
        announceChange()
        return false
      }
      becomeGone(held, state)
      return true
    }
  }

  /// Joins the thread, which is among its last instructions.
  private func join(_ handle: pthread_t) -> Bool {
    Thread.becomesTrueSoon { straggler_try_join(handle) == 0 } || pthread_join(handle, nil) == 0
  }

  /// Asks a few times, and lets other threads run in between: to fall asleep and to be woken takes longer than all of
  /// it, and more of the processor (some 10 µs).
  ///
  /// - Returns: whether the condition was true at the last look.
  @discardableResult
  private static func becomesTrueSoon(_ condition: () -> Bool) -> Bool {
    for _ in 0..<50 {
      if condition() { return true }
      sched_yield()
    }
    return false
  }

  /// Asks until the thread is joined or `deadline` has passed, at growing intervals: mostly once, since the thread is
  /// among its last instructions. pthread_clockjoin_np would wait instead, but ThreadSanitizer does not know it (LLVM
  /// 21) and fails when the thread's handle is used again; pthread_timedjoin_np follows the wall clock.
  private func tryToJoin(_ handle: pthread_t, until deadline: Deadline) -> Bool {
    var interval = Duration.microseconds(20)
    while straggler_try_join(handle) != 0 {
      if deadline.isPast { return false }
      Deadline(after: interval).sleep()
      interval = min(interval * 2, .milliseconds(5))
    }
    return true
  }
}
