// Critical sections for which the exit waits, and those that it keeps from beginning.

internal import CStragglerThreads
internal import Glibc

/// A critical section that was entered, and for which the exit waits.
struct GuardedSection {
  let token: UInt64
  let name: String
  let limit: Duration
  /// The runtime's thread that is inside; nil for another library's, and for a task.
  let thread: Thread?
  /// The pthread that entered it.
  let entrant = pthread_self()

  init(token: UInt64, name: String, limit: Duration, thread: Thread?) {
    self.token = token
    self.name = name
    self.limit = limit
    self.thread = thread
  }

  /// Lets a section begin, or not.
  ///
  /// - Returns: what `dismiss` needs; nil where the exit does not wait for the section.
  static func admit(_ name: String, _ policy: ExitPolicy, to thread: Thread?) throws(CriticalSectionError) -> UInt64? {
    switch policy {
    case .report:
      return nil
    case .refuse:
      let hasExitBegun = Runtime.withLock { held, state in state[held].exit.phase > .running }
      if hasExitBegun { throw .exitBegun(name: name) }
      return nil
    case .wait(let limit):
      return Runtime.withLock { held, state in
        state[held].lastSection += 1
        let token = state[held].lastSection
        state[held].guardedSections.append(GuardedSection(token: token, name: name, limit: limit, thread: thread))
        return token
      }
    }
  }

  /// The section was left.
  static func dismiss(_ token: UInt64) {
    Runtime.withLock { held, state in state[held].guardedSections.removeAll { $0.token == token } }
    straggler_exit_news()
  }
}
