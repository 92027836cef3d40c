// The rules at work: what each of them finds, in drafts. One file per group of rules extends this.

internal import StragglerModel

/// Goes over a process once. The order of the calls in `drafts` is the rules' precedence: what a deadlock consists of
/// is listed in it and not found again, and a thread that has something gives no finding for being there alone.
struct Drafting {
  let facts: ProcessFacts
  let graph: WaitGraph
  let threads: ThreadNaming
  let resources: ResourceNaming
  let resolver: any StackResolving
  var batch = StackBatch()
  var drafts: [Draft] = []
  /// Holds that a deadlocked exit lists.
  var listedHolds: Set<HeldLock> = []
  /// Threads that a deadlocked or stalled exit names.
  var listedThreads: Set<Int> = []
  /// Threads for which something that they had was found.
  var holdingThreads: Set<Int> = []

  /// One thread's having one lock.
  struct HeldLock: Hashable {
    var thread: Int
    var address: UInt64

    init(_ hold: BelievedHold) {
      thread = hold.thread
      address = hold.address
    }
  }

  init(facts: ProcessFacts, resolver: any StackResolving) {
    self.facts = facts
    self.resolver = resolver
    graph = WaitGraph(facts: facts)
    threads = ThreadNaming(routines: ThreadRoutines(facts.process.threads, resolver: resolver))
    resources = ResourceNaming(process: facts.process, resolver: resolver)
  }

  /// All findings of the process, not yet merged and in no particular order.
  mutating func findings() -> [Finding] {
    draftBlockedExit()
    draftLocks()
    draftSections()
    draftFiles()
    draftThreads()
    draftTasks()
    let stacks = batch.resolved(by: resolver)
    return drafts.map { $0.finding(stacks) }
  }

  /// `was abandoned`; in an audit, where the process goes on, `would be abandoned`.
  var abandoned: String { facts.exit.kind == .running ? "would be abandoned" : "was abandoned" }

  /// What the thread that ended the process, or its program, did.
  var exited: String { facts.exit.kind == .exec ? "called exec" : "called exit" }

  /// A draft about a thread, with what is known of it whatever the rule.
  mutating func draft(_ rule: RuleID, _ level: Level? = nil, of thread: RecordedThread?, _ message: String) -> Draft {
    Draft(
      rule: rule, level: level ?? Rule.of(rule).level, message: message, thread: thread.map(reported),
      created: batch.creation(of: thread), stopped: batch.stop(of: thread),
      waitingFor: thread.flatMap { facts.waits[$0.number] }.map(reported),
      startRoutine: thread.flatMap { threads.routines[$0] ?? $0.startRoutine.flatMap(resolver.functionName(at:)) })
  }

  func reported(_ thread: RecordedThread) -> ReportedThread {
    ReportedThread(
      identity: thread.identity, daemon: thread.daemon, declared: thread.declared, state: facts.state(of: thread))
  }

  func reported(_ wait: BelievedWait) -> ReportedWait {
    var holders = wait.joined.map { [$0] } ?? []
    if wait.kind == .once { holders = facts.runners(of: wait.address) }
    if wait.isForLock { holders = facts.keepers(of: wait).map(\.thread) }
    return ReportedWait(
      kind: wait.kind, name: resources.name(of: wait), address: wait.address.flatMap(memoryAddress),
      holders: identities(holders), outsideHolder: holders.isEmpty ? facts.outsideHolder(of: wait) : nil)
  }

  /// Each thread once, in the order of their numbers; a thread that the record has forgotten keeps its number.
  func identities(_ numbers: [Int]) -> [ThreadName] {
    Set(numbers).sorted().map { number in
      facts.thread(number)?.identity ?? ThreadName(number: number, id: nil, name: nil)
    }
  }
}
