// The rules for an exit that does not end: deadlocked-exit, stalled-exit.

internal import StragglerModel

extension Drafting {
  /// A deadlock wins over a stall. A process that somebody else killed while its exit was deadlocked (a CI system's
  /// time limit) was deadlocked all the same.
  mutating func draftBlockedExit() {
    guard facts.exit.kind != .running else { return }
    if let links = graph.exitDeadlock, let exiting = facts.exitingThread {
      draftDeadlock(links, exiting: exiting)
    } else if facts.exit.kind == .stalled {
      draftStall()
    }
  }

  private mutating func draftDeadlock(_ links: [WaitGraph.Link], exiting: RecordedThread) {
    var draft = draft(.deadlockedExit, of: exiting, "exit is deadlocked: \(sentence(links))")
    if let hold = links[0].hold { attach(hold, to: &draft) }
    draft.stopped = draft.stopped ?? batch.stack(links[0].wait.place)
    for link in links { draft.circle.append(reported(link)) }
    drafts.append(draft)
    listedHolds = Set(links.compactMap(\.hold).map(HeldLock.init))
    listedThreads = Set(links.map(\.thread))
  }

  /// Every wait of the chain, in words: `the main thread waits for lock "a" held by thread "b", which waits for …`.
  private func sentence(_ links: [WaitGraph.Link]) -> String {
    var text = threads.subject(facts.thread(links[0].thread), number: links[0].thread)
    for (index, link) in links.enumerated() {
      text += index == 0 ? " waits for " : ", which waits for "
      text += awaited(link)
    }
    return text
  }

  private func awaited(_ link: WaitGraph.Link) -> String {
    let holder = threads.subject(facts.thread(link.holder), number: link.holder)
    if link.wait.kind == .once {
      let runner = link.holder == link.thread ? "it runs itself" : "\(holder) runs"
      return "\(resources.phrase(link.wait)), whose routine \(runner)"
    }
    guard let hold = link.hold else {
      return link.holder == link.thread ? "its own end" : "\(holder) to end"
    }
    let what = resources.phrase(hold, waitedForBy: link.wait)
    if link.holder == link.thread { return "\(what), which it holds itself" }
    let ended = facts.thread(link.holder).map { !$0.isLiving } ?? true
    if facts.thread(link.holder)?.ofParent == true {
      return "\(what), which \(holder) held when this process was forked"
    }
    return what + (ended ? ", which \(holder) left locked when it ended" : " held by \(holder)")
  }

  private mutating func reported(_ link: WaitGraph.Link) -> Draft.Link {
    let waiting = facts.thread(link.thread)
    return Draft.Link(
      thread: identities([link.thread])[0],
      waitingFor: ReportedWait(
        kind: link.wait.kind, name: link.wait.address.flatMap(resources.name(at:)),
        address: link.wait.address.flatMap(memoryAddress),
        holders: identities([link.holder])),
      stopped: batch.stop(of: waiting) ?? batch.stack(link.wait.place),
      acquired: batch.acquisition(link.hold?.acquisition, by: facts.thread(link.holder)))
  }

  /// Names the thread that the exit waits for, and shows where that one stands; the exiting thread itself where it
  /// waits for nobody in particular.
  private mutating func draftStall() {
    guard let exiting = facts.exitingThread else {
      let unknown = "exit did not end in time: the record does not say which thread called it"
      drafts.append(draft(.stalledExit, of: nil, unknown))
      return
    }
    let wait = facts.waits[exiting.number]
    let hold = wait.flatMap { facts.keepers(of: $0).first }
    let runner = wait.flatMap { $0.kind == .once ? facts.runners(of: $0.address).first : nil }
    let awaited = facts.thread(wait?.joined ?? hold?.thread ?? runner).flatMap {
      $0.number == exiting.number ? nil : $0
    }
    guard let awaited else { return draftStall(of: exiting) }
    let name = threads.subject(awaited)
    let what = wait.flatMap { stallingWait($0, hold: hold, by: name) } ?? "\(name) to end"
    var draft = draft(
      .stalledExit, of: awaited, "exit did not end in time: \(threads.subject(exiting)) waits for \(what)")
    if let hold { attach(hold, to: &draft) }
    draft.waiters = identities([exiting.number])
    drafts.append(draft)
    listedThreads = [awaited.number]
  }

  /// nil for a join.
  private func stallingWait(_ wait: BelievedWait, hold: BelievedHold?, by name: String) -> String? {
    if let hold { return "\(resources.phrase(hold, waitedForBy: wait)) held by \(name)" }
    return wait.kind == .once ? "\(resources.phrase(wait)), whose routine \(name) runs" : nil
  }

  private mutating func draftStall(of exiting: RecordedThread) {
    let wait = facts.waits[exiting.number].map { ", waiting for \(resources.phrase($0))" } ?? ""
    // An exit that was stopped from within has a phase that says nothing of where it was.
    let phase = facts.process.exit.kind == .stalled ? .exiting : facts.process.exit.phase
    let doing = "exit did not end in time: \(threads.subject(exiting)) \(phase.activity)\(wait)"
    var draft = draft(.stalledExit, of: exiting, doing)
    draft.stopped = draft.stopped ?? batch.stack(facts.waits[exiting.number]?.place)
    drafts.append(draft)
  }

  mutating func attach(_ hold: BelievedHold, to draft: inout Draft) {
    draft.resource = resources.resource(hold)
    draft.acquired = batch.acquisition(hold.acquisition, by: facts.thread(hold.thread))
  }
}

extension RecordedExit.Phase {
  /// What the exiting thread does in it, as the end of a sentence.
  fileprivate var activity: String {
    switch self {
    case .running, .exiting: "was still inside exit()"
    case .earlyCallbacks: "was still running early exit callbacks"
    case .joining: "was still joining non-daemon threads"
    case .exitCallbacks: "was still running exit callbacks"
    case .finalizing: "was still running exit handlers and destructors"
    case .freezing, .frozen: "did not come to an end"
    }
  }
}
