// A finding whose stacks are not looked up yet.

internal import StragglerModel

struct Draft {
  /// One wait of a deadlock.
  struct Link {
    var thread: ThreadName
    var waitingFor: ReportedWait
    var stopped: StackBatch.Ticket?
    var acquired: StackBatch.Ticket?
  }

  var rule: RuleID
  var level: Level
  var message: String
  var thread: ReportedThread?
  var resource: ReportedResource?
  var acquired: StackBatch.Ticket?
  var created: StackBatch.Ticket?
  var stopped: StackBatch.Ticket?
  var waitingFor: ReportedWait?
  var waiters: [ThreadName] = []
  var circle: [Link] = []
  /// What its thread runs: tells findings without any stack from each other.
  var startRoutine: String?

  func finding(_ stacks: ResolvedStacks) -> Finding {
    let acquired = stacks[acquired]
    return Finding(
      rule: rule, level: level, fingerprint: fingerprint(acquired: acquired, created: stacks[created]),
      message: message, thread: thread, resource: resource, acquired: acquired, created: stacks[created],
      stopped: stacks[stopped], waitingFor: waitingFor, waiters: waiters,
      circle: circle.map {
        ReportedLink(
          thread: $0.thread, waitingFor: $0.waitingFor, stopped: stacks[$0.stopped], acquired: stacks[$0.acquired])
      })
  }

  /// A finding about a thread, not about anything it acquired, is told from others by what the thread runs and by where
  /// the program created it.
  private func fingerprint(acquired: Stack?, created: Stack?) -> String {
    guard resource == nil else {
      return Fingerprint(
        rule: rule, resource: resource?.name, functions: acquired?.recordedProgramFunctions ?? []
      ).text
    }
    let functions = (startRoutine.map { [$0] } ?? []) + (created?.recordedProgramFunctions ?? [])
    return Fingerprint(rule: rule, resource: nil, functions: functions).text
  }
}
