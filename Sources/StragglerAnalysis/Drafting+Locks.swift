// The rules for locks: abandoned-lock, orphaned-lock, held-at-exit.

internal import StragglerModel

extension Drafting {
  mutating func draftLocks() {
    for thread in facts.process.threads {
      if thread.ofParent {
        draftInheritedLocks(of: thread)
        continue
      }
      for hold in facts.holds.of(thread.number) {
        holdingThreads.insert(thread.number)
        guard !listedHolds.contains(HeldLock(hold)) else { continue }
        draftLock(hold, of: thread)
      }
    }
  }

  private mutating func draftLock(_ hold: BelievedHold, of thread: RecordedThread) {
    var draft: Draft
    if !thread.isLiving {
      guard isOrphaned(hold) else { return }
      draft = orphanedLock(hold, of: thread)
    } else if facts.isExiting(thread) {
      guard isLeft(hold) else { return }
      draft = heldAtExit(hold, of: thread)
    } else if hold.isLibcsOwn, isPassing(hold, thread) {
      return
    } else if facts.isAbandoned(thread) {
      draft = abandonedLock(hold, of: thread)
    } else {
      return  // the main thread in an audit: it goes on, and would be the one that exits
    }
    attach(hold, to: &draft)
    draft.waiters = identities(facts.waiters(at: hold.address).filter { $0 != thread.number })
    drafts.append(draft)
  }

  /// Whether a lock has lost its owner with the thread. A file's has not: it is the open file's or the process's (flock(2), fcntl(2)),
  /// which any other thread unlocks. Where one waits for it through another open file, that was not done.
  private func isOrphaned(_ hold: BelievedHold) -> Bool {
    hold.kind != .fileLock || !facts.waiters(at: hold.address).isEmpty
  }

  /// Whether the thread that exits leaves a lock of its own behind. What a forked child has from its parent until its exec or _exit is
  /// the parent's affair; the lock on a file goes on with the descriptor in the program that exec starts, or is given back there.
  private func isLeft(_ hold: BelievedHold) -> Bool {
    switch facts.exit.kind {
    case .exec: !facts.process.forked && hold.kind != .fileLock
    case .underscore: !hold.isInherited
    default: true
    }
  }

  /// Whether a thread has a lock of libc's own only in passing: libc takes some for a few steps in every call. So it is where the
  /// thread was seen running on, and with the lock of all streams, which each fork and each fopen takes, where it waits for nothing.
  private func isPassing(_ hold: BelievedHold, _ thread: RecordedThread) -> Bool {
    guard thread.stop?.stack != nil else { return true }
    guard resources.isStreamList(hold.address) else { return false }
    return facts.waits[thread.number].map { $0.kind == .process } ?? true
  }

  private mutating func abandonedLock(_ hold: BelievedHold, of thread: RecordedThread) -> Draft {
    draft(
      .abandonedLock, levelOfAbandoned(hold), of: thread,
      "\(threads.subject(thread)) \(abandoned) \(having(hold))\(deadlockNote(thread))")
  }

  /// - Returns: nil for the rule's own. A program that is ended by a signal is not at fault where it had locked a file, mostly for as long as
  ///   it runs: the kernel unlocks it.
  private func levelOfAbandoned(_ hold: BelievedHold) -> Level? {
    switch hold.kind {
    case .semaphore: .warning
    case .fileLock where facts.exit.kind.isDeathBySignal: .note
    default: nil
    }
  }

  /// A semaphore has no holder: it is known who took it last.
  private func having(_ hold: BelievedHold) -> String {
    "\(hold.kind == .semaphore ? "having last taken" : "holding") \(resources.phrase(hold))"
  }

  /// A lock that a thread of the parent held at the fork is locked for ever in the child: that matters where one waits for it.
  private mutating func draftInheritedLocks(of thread: RecordedThread) {
    for hold in facts.holds.of(thread.number) where !listedHolds.contains(HeldLock(hold)) {
      let waiters = facts.waiters(at: hold.address)
      guard !waiters.isEmpty else { continue }
      var draft = draft(
        .orphanedLock, of: thread,
        "\(threads.subject(thread)) held \(resources.phrase(hold)) when this process was forked: it stays locked here")
      attach(hold, to: &draft)
      draft.waiters = identities(waiters)
      drafts.append(draft)
    }
  }

  /// A robust mutex tells its next taker that the owner died; a semaphore may be meant to be posted by somebody else.
  private mutating func orphanedLock(_ hold: BelievedHold, of thread: RecordedThread) -> Draft {
    let what = resources.phrase(hold)
    let left = hold.kind == .semaphore ? "ended after taking \(what)" : "ended without unlocking \(what)"
    return draft(
      .orphanedLock, hold.robust || hold.kind == .semaphore ? .warning : nil, of: thread,
      "\(threads.subject(thread)) \(left)")
  }

  private mutating func heldAtExit(_ hold: BelievedHold, of thread: RecordedThread) -> Draft {
    let how = hold.kind == .semaphore ? having(hold) : "while \(having(hold))"
    return draft(.heldAtExit, of: thread, "\(threads.subject(thread)) \(exited) \(how)")
  }

  /// `; it is deadlocked with thread "b"`, for a thread that is part of a circle of waits.
  func deadlockNote(_ thread: RecordedThread) -> String {
    guard let circle = graph.circle(through: thread.number) else { return "" }
    let others = circle.map(\.thread).filter { $0 != thread.number }
    guard !others.isEmpty else { return "; it is deadlocked: it waits for \(selfWait(circle[0]))" }
    let names = others.map { threads.subject(facts.thread($0), number: $0) }
    return "; it is deadlocked with \(joined(names))"
  }

  private func selfWait(_ link: WaitGraph.Link) -> String {
    if link.wait.kind == .once { return "\(resources.phrase(link.wait)), whose routine it runs itself" }
    let held = link.hold.map { resources.phrase($0, waitedForBy: link.wait) }
    return held.map { "\($0), which it holds itself" } ?? "its own end"
  }

  private func joined(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
