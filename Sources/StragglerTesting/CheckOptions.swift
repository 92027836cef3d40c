// What a check counts and how long it waits.

internal import Straggler

struct CheckOptions: Sendable, Equatable {
  /// How long threads have to end, or give back what they hold, after the test.
  var grace: Duration
  var exemptions: [Exemption]
  /// Threads count that hold nothing, and threads that ended and were never joined.
  var countsIdleThreads: Bool

  func counts(_ finding: Audit.Finding) -> Bool {
    if finding.isOfTestingLibrary { return false }
    if finding.level > .note { return true }
    return countsIdleThreads && (finding.rule == "abandoned-thread" || finding.rule == "unjoined-thread")
  }

  func exempts(_ finding: Audit.Finding, of thread: Audit.ThreadIdentity) -> Bool {
    exemptions.contains { $0.covers(finding, of: thread) }
  }
}
