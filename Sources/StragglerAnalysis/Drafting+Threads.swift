// The rules for threads that had nothing: abandoned-thread, abandoned-user-thread, unjoined-thread.

internal import StragglerModel

extension Drafting {
  mutating func draftThreads() {
    for thread in facts.process.threads where !listedThreads.contains(thread.number) {
      if facts.state(of: thread) == .unjoined {
        drafts.append(
          draft(.unjoinedThread, of: thread, "\(threads.subject(thread)) ended, and nobody joined it"))
      } else if facts.isAbandoned(thread) {
        draftAbandoned(thread)
      }
    }
  }

  private mutating func draftAbandoned(_ thread: RecordedThread) {
    if thread.isMain {
      draftAbandonedMain(thread)
    } else if thread.declared && !thread.daemon {
      let message = "\(threads.subject(thread)) \(abandoned): the process did not wait for it"
      drafts.append(draft(.abandonedUserThread, of: thread, message))
    } else if !holdingThreads.contains(thread.number) {
      let holdingNothing = "\(threads.subject(thread)) \(abandoned), holding nothing\(deadlockNote(thread))"
      drafts.append(draft(.abandonedThread, of: thread, holdingNothing))
    }
  }

  /// Another thread called exit while the main thread was in the middle of its work. A death by signal is nobody's
  /// call, a parked main thread has no work left, and of one whose stack is not known nothing is claimed.
  private mutating func draftAbandonedMain(_ main: RecordedThread) {
    guard !facts.exit.kind.isDeathBySignal, let exiting = facts.exitingThread, exiting.number != main.number,
      let stopped = main.stop?.stack
    else { return }
    let stack = resolver.stack(stopped)
    guard stack.frames.contains(where: \.isProgramOwn), !stack.isParkedMain else { return }
    let message = "\(threads.subject(main)) was in the middle of its work when \(threads.subject(exiting)) called exit"
    drafts.append(draft(.abandonedUserThread, of: main, message))
  }
}
