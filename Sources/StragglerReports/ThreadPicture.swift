// What the picture of a process's threads shows: who was there, how far the exit came, who held and awaited what.

internal import StragglerAnalysis
internal import StragglerModel

struct ThreadPicture {
  struct Lane {
    var thread: ThreadName
    /// nil for a thread that the report knows by name only.
    var known: ReportedThread?
    /// nil for a thread that the report does not list.
    var holdCount: Int?
    var holds: [String] = []
    var waits: [String] = []
    /// The heaviest finding about it.
    var level: Level?
  }

  /// `from` waits for what `to` has: indices of lanes.
  struct Wait: Hashable {
    var from: Int
    var to: Int
  }

  /// More lanes than that are no picture.
  private static let laneLimit = 24

  private(set) var lanes: [Lane] = []
  private(set) var waits: [Wait] = []
  /// Threads of the process that have no lane.
  private(set) var omitted = 0
  /// What the process went through, in order.
  let phases: [String]
  /// Index of the phase in which the process ended.
  let reached: Int

  /// - Returns: nil for a report without threads to show.
  init?(_ report: Report) {
    guard let process = report.process, !report.findings.isEmpty else { return nil }
    (phases, reached) = Self.phases(of: process.exit, isDeclared: report.threads.contains(where: \.thread.declared))
    for listed in report.threads where listed.thread.state == .exiting { add(listed.thread.identity) }
    for finding in report.findings { add(finding) }
    if lanes.isEmpty { return nil }
    complete(from: report)
    omitted = report.threads.count { listed in !lanes.contains { $0.thread.number == listed.thread.identity.number } }
    for finding in report.findings { connect(finding) }
  }

  private mutating func add(_ thread: ThreadName) {
    guard lanes.count < Self.laneLimit, index(of: thread) == nil else { return }
    lanes.append(Lane(thread: thread))
  }

  private mutating func complete(from report: Report) {
    let listed = Dictionary(
      report.threads.map { ($0.thread.identity.number, $0) }, uniquingKeysWith: { first, _ in first })
    for index in lanes.indices {
      let entry = listed[lanes[index].thread.number]
      let found = report.findings.compactMap(\.thread).first { $0.identity.number == lanes[index].thread.number }
      lanes[index].known = entry?.thread ?? found
      lanes[index].holdCount = entry?.holds
    }
  }

  private func index(of thread: ThreadName) -> Int? { lanes.firstIndex { $0.thread.number == thread.number } }

  private mutating func add(_ finding: Finding) {
    if let thread = finding.thread { add(thread.identity) }
    let others = finding.waiters + (finding.waitingFor?.holders ?? [])
    for thread in others + finding.circle.map(\.thread) + finding.similar { add(thread) }
    for holder in finding.circle.flatMap(\.waitingFor.holders) { add(holder) }
    for thread in [finding.thread?.identity].compactMap(\.self) + finding.similar + finding.circle.map(\.thread) {
      guard let index = index(of: thread) else { continue }
      lanes[index].level = max(lanes[index].level ?? .note, finding.level)
    }
  }

  /// Who held what, and who waited for whom.
  private mutating func connect(_ finding: Finding) {
    if let thread = finding.thread?.identity {
      if let wait = finding.waitingFor { connect(thread, wait) }
      // A deadlock's resource is what its thread waits for; the circle tells who has it.
      if finding.rule != .deadlockedExit {
        if let resource = finding.resource { hold(resource.phrase, by: thread) }
        for waiter in finding.waiters { connect(waiter, to: thread) }
      }
    }
    for link in finding.circle {
      connect(link.thread, link.waitingFor)
      guard link.waitingFor.kind.isHeldByThreads else { continue }
      for holder in link.waitingFor.holders { hold(link.waitingFor.shortPhrase, by: holder) }
    }
  }

  private mutating func hold(_ what: String, by thread: ThreadName) {
    guard let index = index(of: thread), !lanes[index].holds.contains(what) else { return }
    lanes[index].holds.append(what)
  }

  private mutating func connect(_ thread: ThreadName, _ wait: ReportedWait) {
    guard let index = index(of: thread) else { return }
    if !lanes[index].waits.contains(wait.phrase) { lanes[index].waits.append(wait.phrase) }
    for holder in wait.holders { connect(thread, to: holder) }
  }

  private mutating func connect(_ waiter: ThreadName, to holder: ThreadName) {
    guard let from = index(of: waiter), let to = index(of: holder) else { return }
    let wait = Wait(from: from, to: to)
    if !waits.contains(wait) { waits.append(wait) }
  }

  /// A way out that skips the phases of an exit shows none of them, unless it cut one short. Joins and callbacks are the thread
  /// runtime's: of a program without it nothing is known but that it was exiting.
  ///
  /// - Parameter isDeclared: Whether any thread is the runtime's.
  private static func phases(of exit: ReportedExit, isDeclared: Bool) -> ([String], reached: Int) {
    let all = isDeclared ? ["running", "joining", "callbacks", "finalizing", "end"] : ["running", "exiting", "end"]
    switch (exit.kind, exit.phase) {
    case (.running, _): return (["running"], 0)
    case (_, .exiting): return (["running", "exiting"], 1)
    case (_, .earlyCallbacks): return (["running", "early callbacks"], 1)
    case (_, .joining): return (all, 1)
    case (_, .exitCallbacks): return (all, min(2, all.count - 2))
    case (_, .finalizing): return (all, all.count - 2)
    case (.return, _): return (all, all.count - 1)
    default: return (["running", exit.kind == .stalled ? "ended by straggler" : exit.kind.rawValue], 1)
    }
  }
}

extension ReportedResource {
  /// `lock "journal"`.
  var phrase: String {
    let name = name.map { " \"\(visible($0))\"" } ?? address.map { " at 0x" + String($0, radix: 16) } ?? ""
    return kind.phrase + name
  }
}

extension ReportedWait {
  fileprivate var shortPhrase: String {
    ReportedResource(kind: kind, mode: nil, name: name, address: address).phrase
  }
}

extension ResourceKind {
  /// Whether who is waited for has something, in place of being what is waited for.
  fileprivate var isHeldByThreads: Bool {
    switch self {
    case .join, .process, .once, .condition, .barrier, .futex, .pipe: false
    default: true
    }
  }
}
