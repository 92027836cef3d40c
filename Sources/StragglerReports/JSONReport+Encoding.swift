// A report as a JSON value. The keys are spelled out here, so that renaming a property can't change the format.

internal import StragglerAnalysis
internal import StragglerModel

extension JSONReport {
  static func encodedRoot(_ report: Report) -> JSONValue {
    let head = JSONValue.Member("schemaVersion", .integer(Report.schemaVersion))
    let tool = JSONValue.Member(
      "tool", .members(("name", .string(report.tool.name)), ("version", .string(report.tool.version))))
    return .object([head, tool] + members(of: report))
  }

  private static func members(of report: Report) -> [JSONValue.Member] {
    [
      JSONValue.Member("process", .optional(report.process, encoded)),
      JSONValue.Member("findings", .array(report.findings.map(encoded))),
      JSONValue.Member("suppressed", .array(report.suppressed.map(encoded))),
      JSONValue.Member("threads", .array(report.threads.map(encoded))),
      JSONValue.Member("coverage", .members(("unseen", .array(report.unseen.map(JSONValue.string))))),
      JSONValue.Member("lost", .integer(report.lost)),
      JSONValue.Member("children", .array(report.children.map { .object(members(of: $0)) })),
    ]
  }

  private static func encoded(_ process: ReportedProcess) -> JSONValue {
    .members(
      ("pid", .integer(Int(process.pid))), ("executable", .string(process.executable)),
      ("arguments", .array(process.arguments.map(JSONValue.string))), ("exit", encoded(process.exit)))
  }

  private static func encoded(_ exit: ReportedExit) -> JSONValue {
    .members(
      ("kind", .string(exit.kind.rawValue)), ("status", .optional(exit.status) { .integer(Int($0)) }),
      ("signal", .optional(exit.signal) { .integer(Int($0)) }), ("phase", .string(exit.phase.reportName)))
  }

  private static func encoded(_ finding: Finding) -> JSONValue {
    var value: [JSONValue.Member] = [
      JSONValue.Member("rule", .string(finding.rule.rawValue)),
      JSONValue.Member("level", .string(finding.level.rawValue)),
      JSONValue.Member("fingerprint", .string(finding.fingerprint)),
      JSONValue.Member("message", .string(finding.message)),
      JSONValue.Member("thread", .optional(finding.thread) { .object(members(of: $0)) }),
      JSONValue.Member("resource", .optional(finding.resource, encoded)),
      JSONValue.Member("acquired", .optional(finding.acquired, encoded)),
      JSONValue.Member("created", .optional(finding.created, encoded)),
      JSONValue.Member("stopped", .optional(finding.stopped, encoded)),
      JSONValue.Member("waitingFor", .optional(finding.waitingFor, encoded)),
      JSONValue.Member("waiters", .array(finding.waiters.map(encoded))),
      JSONValue.Member("similar", .array(finding.similar.map(encoded))),
      JSONValue.Member("circle", .array(finding.circle.map(encoded))),
    ]
    if let count = finding.count { value.append(JSONValue.Member("count", .integer(count))) }
    return .object(value)
  }

  static func encoded(_ resource: ReportedResource) -> JSONValue {
    var value: [JSONValue.Member] = [
      JSONValue.Member("kind", .string(resource.kind.reportName)),
      JSONValue.Member("mode", .optional(resource.mode) { .string($0.rawValue) }),
      JSONValue.Member("name", .optional(resource.name, JSONValue.string)),
      JSONValue.Member("address", .optional(resource.address, JSONValue.address)),
    ]
    if let file = resource.file { value += members(of: file) }
    return .object(value)
  }

  private static func members(of file: ReportedResource.File) -> [JSONValue.Member] {
    [
      JSONValue.Member("path", .optional(file.path, JSONValue.string)),
      JSONValue.Member("descriptor", .optional(file.descriptor) { .integer(Int($0)) }),
      JSONValue.Member("unflushedBytes", .optional(file.unflushedBytes) { .integer(Int(clamping: $0)) }),
      JSONValue.Member("unsyncedBytes", .optional(file.unsyncedBytes) { .integer(Int(clamping: $0)) }),
    ]
  }

  private static func encoded(_ stack: Stack) -> JSONValue {
    .members(("complete", .bool(stack.complete)), ("frames", .array(stack.frames.map(encoded))))
  }

  private static func encoded(_ frame: Frame) -> JSONValue {
    .members(
      ("function", .optional(frame.function, JSONValue.string)), ("file", .optional(frame.file, JSONValue.string)),
      ("line", .optional(frame.line, JSONValue.integer)), ("column", .optional(frame.column, JSONValue.integer)),
      ("module", .optional(frame.module, JSONValue.string)), ("address", .address(frame.address)),
      ("inlined", .bool(frame.inlined)), ("inferred", .bool(frame.inferred)))
  }

  static func encoded(_ wait: ReportedWait) -> JSONValue {
    .members(
      ("kind", .string(wait.kind.reportName)), ("name", .optional(wait.name, JSONValue.string)),
      ("address", .optional(wait.address, JSONValue.address)), ("holders", .array(wait.holders.map(encoded))))
  }

  private static func encoded(_ link: ReportedLink) -> JSONValue {
    .members(
      ("thread", encoded(link.thread)), ("waitingFor", encoded(link.waitingFor)),
      ("stopped", .optional(link.stopped, encoded)), ("acquired", .optional(link.acquired, encoded)))
  }

  static func encoded(_ name: ThreadName) -> JSONValue { .object(members(of: name)) }

  private static func members(of name: ThreadName) -> [JSONValue.Member] {
    [
      JSONValue.Member("number", .integer(name.number)),
      JSONValue.Member("id", .optional(name.id) { .integer(Int($0)) }),
      JSONValue.Member("name", .optional(name.name, JSONValue.string)),
    ]
  }

  static func members(of thread: ReportedThread) -> [JSONValue.Member] {
    members(of: thread.identity) + [
      JSONValue.Member("daemon", .bool(thread.daemon)),
      JSONValue.Member("declared", .bool(thread.declared)),
      JSONValue.Member("state", .string(thread.state.rawValue)),
    ]
  }

  private static func encoded(_ listed: ListedThread) -> JSONValue {
    .object(members(of: listed.thread) + [JSONValue.Member("holds", .integer(listed.holds))])
  }
}
