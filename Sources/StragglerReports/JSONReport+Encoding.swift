// A report as JSON values. The keys are spelled out here, so that renaming a property can't change the format.

internal import StragglerAnalysis
internal import StragglerModel

extension JSONReport {
  /// A member of a report, with its value or with what its value consists of: a report of a hundred thousand findings is
  /// never one value.
  enum Part {
    case value(String, JSONValue)
    case elements(String, count: Int, (Int) -> JSONValue)
    case reports(String, [Report])
  }

  static func parts(ofRoot report: Report) -> [Part] {
    let tool = JSONValue.members(("name", .string(report.tool.name)), ("version", .string(report.tool.version)))
    return [.value("schemaVersion", .integer(Report.schemaVersion)), .value("tool", tool)] + parts(of: report)
      + handling(of: report)
  }

  static func parts(of report: Report) -> [Part] {
    [
      .value("process", .optional(report.process, encoded)),
      .elements("findings", count: report.findings.count) { encoded(report.findings[$0]) },
      .elements("suppressed", count: report.suppressed.count) { encoded(report.suppressed[$0]) },
      .elements("threads", count: report.threads.count) { encoded(report.threads[$0]) },
      .value("coverage", .members(("unseen", .array(report.unseen.map(JSONValue.string))))),
      .value("lost", .integer(report.lost)),
      .reports("children", report.children),
    ]
  }

  private static func encoded(_ process: ReportedProcess) -> JSONValue {
    .members(
      ("pid", .integer(Int(process.pid))), ("executable", .string(process.executable)),
      ("arguments", .array(process.arguments.map(JSONValue.string))), ("exit", encoded(process.exit)),
      ("uncounted", .optional(process.uncounted) { .string($0.rawValue) }))
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
    if let new = finding.new { value.append(JSONValue.Member("new", .integer(new))) }
    if let suppression = finding.suppression { value.append(JSONValue.Member("suppression", encoded(suppression))) }
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
      ("moduleOffset", .optional(frame.moduleOffset, JSONValue.address)),
      ("inlined", .bool(frame.inlined)), ("inferred", .bool(frame.inferred)))
  }

  static func encoded(_ wait: ReportedWait) -> JSONValue {
    .members(
      ("kind", .string(wait.kind.reportName)), ("name", .optional(wait.name, JSONValue.string)),
      ("address", .optional(wait.address, JSONValue.address)), ("holders", .array(wait.holders.map(encoded))),
      ("outsideHolder", .optional(wait.outsideHolder) { .integer(Int($0)) }))
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
