// The way from a recorded process to its report.

public import StragglerModel

/// Draws the conclusions. Pure: the same process, ending and stacks give the same report.
///
/// - Parameters:
///   - process: What the recorder left behind.
///   - ending: How the process ended, as its parent saw it.
///   - resolver: Asked for stacks once, with all that the report shows.
///   - children: The reports of the other processes of the run.
/// - Complexity: O(threads + holds + files), besides what the resolver takes.
public func analyze(
  _ process: RecordedProcess, ending: ObservedEnding, resolver: any StackResolving, children: [Report] = []
) -> Report {
  let facts = ProcessFacts(process, ending: ending)
  var drafting = Drafting(facts: facts, resolver: resolver)
  let findings = mergingSimilar(inReadingOrder(drafting.findings()))
  let unseen = blindSpots(of: facts, resolver: resolver)
  var report = Report(
    process: ReportedProcess(
      pid: process.id, executable: process.executable, arguments: process.arguments, exit: facts.exit),
    findings: findings, threads: listedThreads(drafting), unseen: unseen.map(\.line), lost: process.losses.total,
    children: children)
  for spot in unseen { report.unseenOfAnyThread[spot.line] = spot.lineOfAnyThread }
  return report
}

/// The heaviest first; then in the rules' own order, and in that of the threads. Findings of one thread keep the order
/// in which it acquired things.
private func inReadingOrder(_ findings: [Finding]) -> [Finding] {
  let ranks = Dictionary(uniqueKeysWithValues: Rule.all.enumerated().map { ($1.id, $0) })
  let keyed = findings.enumerated().map { index, finding in
    (finding, [-finding.level.weight, ranks[finding.rule] ?? 0, finding.thread?.identity.number ?? 0, index])
  }
  return keyed.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
}

/// Everybody but those that ended, were joined and left nothing.
private func listedThreads(_ drafting: Drafting) -> [ListedThread] {
  let facts = drafting.facts
  let opened = Dictionary(grouping: facts.process.files, by: \.opener).mapValues(\.count)
  let sections = Dictionary(grouping: facts.process.sections.filter { $0.task == nil }, by: \.thread).mapValues(\.count)
  return facts.process.threads.compactMap { thread in
    guard !thread.ofParent else { return nil }
    let state = facts.state(of: thread)
    var holds = facts.holds.of(thread.number).count + (sections[thread.number] ?? 0)
    if thread.isLiving { holds += opened[thread.number] ?? 0 }
    guard state != .ended || holds > 0 else { return nil }
    return ListedThread(thread: drafting.reported(thread), holds: holds)
  }
}
