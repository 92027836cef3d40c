// Whether an exit can still end: asked by the analysis afterwards, and of a running process while its exit goes on.

public import StragglerModel

/// An exit that waits for what cannot come.
public struct ExitDeadlock: Sendable, Equatable {
  /// `thread` waits for what `holder` has.
  public struct Link: Sendable, Equatable {
    /// Thread numbers.
    public var thread: Int
    public var holder: Int
    public var kind: ResourceKind
    /// nil for a join.
    public var address: UInt64?
  }

  /// From the exiting thread on. The last one closes the chain: its holder is a thread of the chain, or has ended.
  public var links: [Link]
}

/// The deadlock that keeps a process from ending; nil while anything may still come.
///
/// Only what is certain counts: waits without a time limit for locks and joins whose holders are known, and who wait
/// themselves in a chain that closes. A process that runs on while its arena is read gives a torn picture: a caller
/// that samples one compares two samples, taken some time apart, and believes what both say.
///
/// - Complexity: O(threads + holds).
public func exitDeadlock(in process: RecordedProcess) -> ExitDeadlock? {
  let facts = ProcessFacts(process, ending: .unknown)
  guard let links = WaitGraph(facts: facts).exitDeadlock else { return nil }
  return ExitDeadlock(
    links: links.map {
      ExitDeadlock.Link(thread: $0.thread, holder: $0.holder, kind: $0.wait.kind, address: $0.wait.address)
    })
}

extension WaitGraph {
  /// The closed chain that the exiting thread waits in, as long as the exit is not over: it has not come to its freeze, or
  /// was frozen in the middle because it did not get on.
  var exitDeadlock: [Link]? {
    let exit = facts.process.exit
    guard exit.begun != nil, exit.phase < .freezing || exit.kind == .stalled, let exiting = facts.exitingThread
    else {
      return nil
    }
    return closedChain(from: exiting.number)
  }
}
