// What the exiting thread waits for: threads that are no daemons, and critical sections whose policy says so.
//
// A wait ends by what it waits for, by its limit, by `--exit-timeout`, or by SIGINT and SIGTERM. CPython ends with status
// 0 after an interrupt here, and says nothing of the threads that it leaves behind; here they are named, and the status
// is the signal's.

internal import CStragglerRecorder
internal import CStragglerThreads
internal import Glibc

enum ExitWait {
  /// The signal that cut the exit's wait short, if one did.
  static var interruption: Int32? {
    let signal = straggler_exit_interruption()
    return signal == 0 ? nil : signal
  }

  /// Waits for every thread that is not a daemon, until there is none: first for those without a limit.
  static func joinThreads() {
    straggler_exit_watch()
    defer { straggler_exit_unwatch() }
    while true {
      let threads = Runtime.withLock { held, state in threadsToJoin(held, state) }
      guard !threads.isEmpty else { break }
      if let thread = threads.first(where: { $0.exitLimit == nil }) {
        _ = join(thread, until: nil)
      } else {
        joinLimited(threads)
      }
    }
    Runtime.withLock { held, state in Thread.joinEnded(held, state, atMost: .max) }
  }

  /// The threads that exit has to wait for, the oldest first: those that live, and those whose end is not complete.
  static func threadsToJoin(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>) -> [Thread] {
    (state[held].ended + state[held].threads).filter { thread in
      guard thread.origin == .runtime, !thread.daemon, !thread.life[held].isGivenUp else { return false }
      if case .exiting = thread.life[held].stage { return false }
      return true
    }
  }

  /// Waits for threads that all have a limit, when nothing else is left to wait for: all limits begin now.
  private static func joinLimited(_ threads: [Thread]) {
    let limits = threads.map { Deadline(after: $0.exitLimit ?? .zero) }
    for (thread, limit) in zip(threads, limits) {
      guard join(thread, until: limit) else { return }
    }
  }

  /// Waits for a thread, or gives it up, or all.
  ///
  /// - Returns: false where the caller must look anew who is left.
  private static func join(_ thread: Thread, until limit: Deadline?) -> Bool {
    straggler_wait_begin_join(thread.number ?? 0)
    defer { straggler_wait_end() }
    switch follow(limit: limit, { Runtime.withLock { held, state in thread.join(held, state) } }) {
    case .over:
      return true
    case .limitPassed:
      let others = Runtime.withLock { held, state in threadsToJoin(held, state) }
      // One without a limit has begun meanwhile: there is something else to wait for.
      if others.contains(where: { $0.exitLimit == nil }) { return false }
      giveUp([thread], because: "its limit is over")
      return true
    case .interrupted(let signal):
      giveUp(unendedThreads(), because: "the exit was interrupted by \(signalName(signal))")
      return false
    }
  }

  private static func unendedThreads() -> [Thread] {
    Runtime.withLock { held, state in
      Thread.joinEnded(held, state, atMost: .max)
      return threadsToJoin(held, state)
    }
  }

  private static func giveUp(_ threads: [Thread], because reason: String) {
    Runtime.withLock { held, _ in
      for thread in threads { thread.life[held].isGivenUp = true }
    }
    for thread in threads {
      StandardError.writeLine("Thread \"\(thread.name)\" is abandoned: \(reason)")
    }
  }

  // MARK: Sections

  /// Waits for the critical sections that are entered now and whose policy says so; not for those that are entered
  /// meanwhile, which a busy daemon might do for ever.
  static func awaitSections() {
    let sections = Runtime.withLock { held, state in state[held].guardedSections }
    guard !sections.isEmpty else { return }
    straggler_exit_watch()
    defer { straggler_exit_unwatch() }
    let limits = sections.map { Deadline(after: $0.limit) }
    for (section, limit) in zip(sections, limits) { leave(section, limit) }
  }

  private static func leave(_ section: GuardedSection, _ limit: Deadline) {
    let outcome = follow(limit: limit) {
      Runtime.withLock { held, state in
        state[held].guardedSections.contains { $0.token == section.token } ? .announced : .over
      }
    }
    let reason: String
    switch outcome {
    case .over: return
    case .limitPassed: reason = "its limit is over"
    case .interrupted(let signal): reason = "the exit was interrupted by \(signalName(signal))"
    }
    StandardError.writeLine("Critical section \"\(section.name)\" is cut off: \(reason)")
    Runtime.withLock { held, state in state[held].guardedSections.removeAll { $0.token == section.token } }
  }

  // MARK: Waiting

  private enum Outcome {
    case over
    case limitPassed
    case interrupted(Int32)
  }

  /// `--exit-timeout` of a linked build.
  private static var exitDeadline: Deadline? {
    let nanoseconds = straggler_exit_deadline()
    return nanoseconds == 0 ? nil : Deadline(nanoseconds: nanoseconds)
  }

  /// How the exit finds what it waits for.
  fileprivate enum Look {
    case over
    /// Its end will be announced.
    case announced
    /// Its end is near, and nobody will say so.
    case near
  }

  private static func follow(limit: Deadline?, _ look: () -> Look) -> Outcome {
    let end = Deadline.earlier(limit, exitDeadline)
    var interval = Duration.microseconds(20)
    while true {
      let found = look()
      if found == .over { return .over }
      if let signal = interruption { return .interrupted(signal) }
      if limit?.isPast == true { return .limitPassed }
      if exitDeadline?.isPast == true { straggler_exit_stalled() }
      if found == .near {
        wait(until: .earlier(end, Deadline(after: interval)))
        interval = min(interval * 2, .milliseconds(5))
      } else {
        wait(until: end)
      }
    }
  }

  private static func wait(until deadline: Deadline?) {
    if let deadline { deadline.wait { straggler_exit_wait($0) } } else { straggler_exit_wait(nil) }
  }

  private static func signalName(_ signal: Int32) -> String {
    signal == SIGINT ? "SIGINT" : "SIGTERM"
  }
}

extension Thread {
  /// How long the exit waits for the thread; nil where there is no limit.
  fileprivate var exitLimit: Duration? {
    if case .wait(let limit) = exitPolicy { limit } else { nil }
  }

  /// Joins the kernel's thread if it has ended and nobody else is joining it. Does not wait: its destructors may not end,
  /// and pthread_join can't be interrupted.
  fileprivate func join(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>) -> ExitWait.Look {
    switch life[held].stage {
    case .running, .joining: return .announced
    case .unstarted, .gone, .exiting: return .over  // unstarted: its start failed while the exit waited for it
    case .ended(let handle):
      guard straggler_try_join(handle) == 0 else { return .near }
      becomeGone(held, state)
      return .over
    }
  }
}
