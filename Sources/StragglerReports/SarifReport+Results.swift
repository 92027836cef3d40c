// A finding as a SARIF result.

internal import StragglerAnalysis
internal import StragglerModel

extension SarifReport {
  /// One of the places that a finding's story leads through.
  private struct Step {
    var text: String
    var stack: Stack
    var thread: ThreadName?
    /// SARIF's words (3.38.8) for what happens there.
    var kinds: [String]
    /// nil for a stack without frames.
    var place: Frame? { StackOutline(stack)?.place }

    init?(_ text: String, _ stack: Stack?, _ thread: ThreadName?, _ kinds: [String]) {
      guard let stack, !stack.frames.isEmpty else { return nil }
      (self.text, self.stack, self.thread, self.kinds) = (text, stack, thread, kinds)
    }
  }

  func result(_ finding: Finding, of report: Report, invocation: Int, suppressed: Bool) -> JSONValue {
    let steps = finding.circle.isEmpty ? Self.story(finding) : Self.circle(finding)
    let place = finding.place(inProject: folder).map { location($0) } ?? program(report)
    return .present(
      ("ruleId", .string(finding.rule.rawValue)),
      ("ruleIndex", Rule.all.firstIndex { $0.id == finding.rule }.map(JSONValue.integer)),
      ("level", .string(finding.level.rawValue)), ("message", Self.message(Self.text(finding))),
      ("locations", .array(place.map { [$0] } ?? [])),
      ("relatedLocations", related(steps)), ("codeFlows", steps.isEmpty ? nil : codeFlows(finding, steps)),
      ("stacks", .array(steps.map { stack($0.stack, $0.text, thread: $0.thread?.id) })),
      ("partialFingerprints", .members(("straggler/v1", .string(finding.fingerprint)))),
      ("occurrenceCount", finding.count.flatMap { $0 >= 1 ? .integer($0) : nil }),
      ("suppressions", .array(suppressed ? [Self.suppression(finding.suppression)] : [])),
      ("provenance", .members(("invocationIndex", .integer(invocation)))), ("properties", properties(finding, report)))
  }

  /// A suppression (3.35). A baseline gives no reason, nor does a sanitizer's line.
  private static func suppression(_ applied: AppliedSuppression?) -> JSONValue {
    .present(
      ("kind", .string("external")), ("status", .string("accepted")),
      ("justification", applied?.reason.map { .string(visible($0)) }))
  }

  /// The message, and who waits for whom.
  private static func text(_ finding: Finding) -> String {
    var lines = [visible(finding.message)]
    if let wait = finding.waitingFor { lines.append("It waits for \(wait.phrase).") }
    if !finding.waiters.isEmpty { lines.append("Waited for by \(list(finding.waiters)).") }
    if !finding.similar.isEmpty { lines.append("Found likewise for \(list(finding.similar)).") }
    return lines.joined(separator: "\n")
  }

  private static func story(_ finding: Finding) -> [Step] {
    let thread = finding.thread?.identity
    let (taken, stood) = (finding.acquiredCaption, finding.stoppedCaption)
    let waits = finding.waitingFor.map { ", waiting for \($0.phrase)" } ?? ""
    let kind = finding.resource?.kind == .file ? "resource" : "lock"
    return [
      Step(finding.createdLabel, finding.created, nil, ["call"]),
      Step(taken.mark, finding.acquired, thread, ["acquire", kind]),
      Step(stood.mark + waits, finding.stopped, thread, ["danger"]),
    ].compactMap(\.self)
  }

  private static func circle(_ finding: Finding) -> [Step] {
    finding.circle.flatMap { link in
      let holder = link.waitingFor.holders.first
      return [
        Step("\(holder?.phrase ?? "its holder") locked it", link.acquired, holder, ["acquire", "lock"]),
        Step("\(link.thread.phrase) waits for \(link.waitingFor.phrase)", link.stopped, link.thread, ["call"]),
      ].compactMap(\.self)
    }
  }

  /// For a finding without any place: code scanning services drop results that have none.
  private func program(_ report: Report) -> JSONValue? {
    report.process.flatMap { artifact($0.executable) }.map {
      .members(("physicalLocation", .members(("artifactLocation", $0))))
    }
  }

  private func related(_ steps: [Step]) -> JSONValue {
    .array(
      steps.enumerated().compactMap { index, step in step.place.map { location($0, step.text, id: index + 1) } })
  }

  /// One flow for each thread; the order over all of them is the order of the story.
  private func codeFlows(_ finding: Finding, _ steps: [Step]) -> JSONValue {
    var threads: [ThreadName?] = []
    for step in steps where !threads.contains(step.thread) { threads.append(step.thread) }
    let flows = threads.map { thread in
      let locations = steps.enumerated().compactMap { index, step -> JSONValue? in
        guard step.thread == thread, let place = step.place else { return nil }
        return .members(
          ("location", location(place, step.text)), ("kinds", .array(step.kinds.map(JSONValue.string))),
          ("executionOrder", .integer(index + 1)))
      }
      let id = thread?.phrase ?? "the thread that made it"
      return JSONValue.members(("id", .string(id)), ("locations", .array(locations)))
    }
    return .array([
      .members(("message", Self.message(visible(finding.message))), ("threadFlows", .array(flows)))
    ])
  }

  private func properties(_ finding: Finding, _ report: Report) -> JSONValue {
    .present(
      (
        "process",
        report.process.map { .members(("pid", .integer(Int($0.pid))), ("executable", .string($0.executable))) }
      ),
      ("thread", finding.thread.map { .object(JSONReport.members(of: $0)) }),
      ("resource", finding.resource.map(JSONReport.encoded)),
      ("waitingFor", finding.waitingFor.map(JSONReport.encoded)),
      ("waiters", .array(finding.waiters.map(JSONReport.encoded))),
      ("similar", .array(finding.similar.map(JSONReport.encoded))))
  }
}
