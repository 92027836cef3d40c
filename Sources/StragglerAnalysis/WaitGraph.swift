// Who waits for whom: chains of waits that close, so that what is waited for can never come.

internal import StragglerModel

struct WaitGraph {
  /// `thread` waits for what `holder` has. For a join `hold` is nil: the holder is the joined thread; for a once-routine it is
  /// the one that runs it.
  struct Link: Equatable {
    var thread: Int
    var wait: BelievedWait
    var holder: Int
    var hold: BelievedHold?
  }

  let facts: ProcessFacts

  /// The chain of waits that begins at a thread, if it closes: it comes back to a thread of the chain, or ends at a
  /// lock whose holder has ended. nil as long as anything in it can still move: a wait with a time limit, a holder that
  /// runs, a wait for a condition, which anybody may signal.
  func closedChain(from start: Int) -> [Link]? {
    var chain: [Link] = []
    var pending: [[Link]] = [Array(links(from: start).reversed())]
    var visited: Set<Int> = [start]
    var onChain: Set<Int> = [start]
    while var candidates = pending.popLast() {
      guard let link = candidates.popLast() else {
        if let left = chain.popLast() { onChain.remove(left.holder) }
        continue
      }
      pending.append(candidates)
      if closes(link, onChain: onChain) { return chain + [link] }
      guard visited.insert(link.holder).inserted else { continue }
      chain.append(link)
      onChain.insert(link.holder)
      pending.append(Array(links(from: link.holder).reversed()))
    }
    return nil
  }

  /// The circle of waits that a thread is part of.
  func circle(through thread: Int) -> [Link]? {
    guard let chain = closedChain(from: thread), chain.last?.holder == thread else { return nil }
    return chain
  }

  private func closes(_ link: Link, onChain: Set<Int>) -> Bool {
    onChain.contains(link.holder) || (link.hold != nil && facts.thread(link.holder).map { !$0.isLiving } ?? false)
  }

  /// Everybody who must give something up before this thread can go on.
  private func links(from thread: Int) -> [Link] {
    guard let wait = facts.waits[thread], !wait.timed else { return [] }
    if wait.kind == .join { return joinLinks(from: thread, wait: wait) }
    if wait.kind == .once { return onceLinks(from: thread, wait: wait) }
    guard wait.kind != .semaphore else { return [] }
    let blocking = facts.keepers(of: wait).filter {
      blocks($0, wait: wait, of: thread) && facts.isProvenKeeper($0, of: wait)
    }
    let exclusive = blocking.filter { $0.mode == .exclusive }
    guard exclusive.count <= 1 else { return [] }  // two owners of one lock: the sample is torn
    return blocking.map { Link(thread: thread, wait: wait, holder: $0.thread, hold: $0) }
  }

  private func joinLinks(from thread: Int, wait: BelievedWait) -> [Link] {
    guard let joined = facts.thread(wait.joined), joined.isLiving else { return [] }
    return [Link(thread: thread, wait: wait, holder: joined.number, hold: nil)]
  }

  private func onceLinks(from thread: Int, wait: BelievedWait) -> [Link] {
    let runners = facts.runners(of: wait.address)
    guard runners.count == 1 else { return [] }
    return [Link(thread: thread, wait: wait, holder: runners[0], hold: nil)]
  }

  /// Readers don't keep readers out; the dead owner of a robust mutex keeps nobody out; a recursive lock lets its owner
  /// in.
  private func blocks(_ hold: BelievedHold, wait: BelievedWait, of thread: Int) -> Bool {
    if wait.mode == .shared && hold.mode == .shared { return false }
    if hold.kind == .recursiveMutex && hold.thread == thread { return false }
    let ended = facts.thread(hold.thread).map { !$0.isLiving } ?? true
    return !(ended && hold.robust)
  }
}
