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

  /// Waits for every thread that is not a daemon, until there is none.
  static func joinThreads() {
    straggler_exit_watch()
    defer { straggler_exit_unwatch() }
    while let thread = Runtime.withLock({ held, state in threadToJoin(held, state) }) { join(thread) }
    Runtime.withLock { held, state in Thread.joinEnded(held, state, atMost: .max) }
  }

  /// A thread of the runtime that exit has to wait for, the oldest first: one that lives, or whose end is not complete.
  static func threadToJoin(_ held: RuntimeLock.Held, _ state: Guarded<Runtime.State>) -> Thread? {
    (state[held].ended + state[held].threads).first { thread in
      guard thread.origin == .runtime, !thread.daemon, !thread.life[held].isGivenUp else { return false }
      if case .exiting = thread.life[held].stage { return false }
      return true
    }
  }

  private static func join(_ thread: Thread) {
    var limit: Deadline?
    if case .wait(let duration) = thread.exitPolicy { limit = Deadline(after: duration) }
    straggler_wait_begin_join(thread.number ?? 0)
    defer { straggler_wait_end() }
    let outcome = follow(limit: limit) {
      Runtime.withLock { held, _ in thread.isOverForExit(held) }
    }
    switch outcome {
    case .over:
      _ = thread.waitForEnd(until: exitDeadline)
    case .limitPassed:
      giveUp([thread], because: "its limit is over")
    case .interrupted(let signal):
      giveUp(unendedThreads(), because: "the exit was interrupted by \(signalName(signal))")
    }
  }

  private static func unendedThreads() -> [Thread] {
    Runtime.withLock { held, state in
      state[held].threads.filter { thread in
        thread.origin == .runtime && !thread.daemon && !thread.life[held].isGivenUp && !thread.life[held].stage.isOver
      }
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
      Runtime.withLock { held, state in !state[held].guardedSections.contains { $0.token == section.token } }
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

  private static func follow(limit: Deadline?, _ isOver: () -> Bool) -> Outcome {
    let exitDeadline = exitDeadline
    while true {
      if isOver() { return .over }
      if let signal = interruption { return .interrupted(signal) }
      if limit?.isPast == true { return .limitPassed }
      if exitDeadline?.isPast == true { straggler_exit_stalled() }
      if let deadline = Deadline.earlier(limit, exitDeadline) {
        deadline.wait { straggler_exit_wait($0) }
      } else {
        straggler_exit_wait(nil)
      }
    }
  }

  private static func signalName(_ signal: Int32) -> String {
    signal == SIGINT ? "SIGINT" : "SIGTERM"
  }
}

extension Thread {
  /// Whether exit need not wait for the thread's code any more.
  fileprivate func isOverForExit(_ held: RuntimeLock.Held) -> Bool {
    switch life[held].stage {
    case .running, .joining: false
    case .unstarted, .ended, .gone, .exiting: true  // unstarted: its start failed while the exit waited for it
    }
  }
}
