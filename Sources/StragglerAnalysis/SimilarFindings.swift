// Findings that differ only in the thread become one.

internal import StragglerModel

/// What two findings must have in common to be the same mistake.
private struct Likeness: Hashable {
  var rule: RuleID
  var level: Level
  var kind: ResourceKind?
  var mode: ReportedResource.Mode?
  var name: String?
  var path: String?
  var place: [UInt64]
  var daemon: Bool?
  var declared: Bool?
  var fingerprint: String
  /// Which of its thread's findings of this likeness it is: three locks of one thread are three findings.
  var ordinal = 0

  init(_ finding: Finding) {
    rule = finding.rule
    level = finding.level
    kind = finding.resource?.kind
    mode = finding.resource?.mode
    name = finding.resource?.name
    path = finding.resource?.file?.path
    let stack = finding.acquired ?? (finding.resource == nil ? finding.created : nil)
    place = stack.map { $0.frames.filter { !$0.inferred && !$0.inlined }.map(\.address) } ?? []
    daemon = finding.thread?.daemon
    declared = finding.thread?.declared
    fingerprint = finding.fingerprint
  }
}

private struct Occurrence: Hashable {
  var likeness: Likeness
  var thread: Int
}

/// Merges findings of one rule that were acquired at one place and differ only in the thread: the first keeps its own
/// details and lists the others' threads. Findings without a thread, without any known place, and deadlocks stay alone.
func mergingSimilar(_ findings: [Finding]) -> [Finding] {
  var merged: [Finding] = []
  var indices: [Likeness: Int] = [:]
  var seen: [Occurrence: Int] = [:]
  for finding in findings {
    guard let thread = finding.thread, let likeness = mergeable(finding, seen: &seen) else {
      merged.append(finding)
      continue
    }
    guard let index = indices[likeness] else {
      indices[likeness] = merged.count
      merged.append(finding)
      continue
    }
    merged[index].similar.append(thread.identity)
    merged[index].waiters = united(merged[index].waiters, finding.waiters)
  }
  return merged
}

private func mergeable(_ finding: Finding, seen: inout [Occurrence: Int]) -> Likeness? {
  guard let thread = finding.thread, finding.circle.isEmpty, finding.rule != .stalledExit else { return nil }
  var likeness = Likeness(finding)
  guard !likeness.place.isEmpty else { return nil }
  let occurrence = Occurrence(likeness: likeness, thread: thread.identity.number)
  likeness.ordinal = seen[occurrence, default: 0]
  seen[occurrence, default: 0] += 1
  return likeness
}

private func united(_ first: [ThreadName], _ second: [ThreadName]) -> [ThreadName] {
  Set(first + second).sorted { $0.number < $1.number }
}
