// A report from its JSON text.

internal import StragglerAnalysis
internal import StragglerModel

extension JSONReport {
  static func report(_ root: DecodedValue) throws(ReportError) -> Report {
    guard root.has("schemaVersion") else { throw .foreign }
    let version = try root.member("schemaVersion").integer(Int.self)
    guard version <= Report.schemaVersion else {
      throw .newerVersion(found: version, known: Report.schemaVersion)
    }
    guard version >= 1 else {
      throw .wrongValue(key: "schemaVersion", expected: "1", found: String(version))
    }
    let tool = try root.member("tool")
    var report = try report(
      root, tool: Tool(name: try tool.member("name").string(), version: try tool.member("version").string()))
    try decodeHandling(root, of: &report)
    return report
  }

  private static func report(_ value: DecodedValue, tool: Tool) throws(ReportError) -> Report {
    Report(
      tool: tool,
      process: try value.optional("process", process),
      findings: try value.member("findings").elements(finding),
      suppressed: try value.member("suppressed").elements(finding),
      threads: try value.member("threads").elements(listedThread),
      unseen: try value.member("coverage").member("unseen").elements { text throws(ReportError) in try text.string() },
      lost: try value.member("lost").integer(),
      children: try value.member("children").elements { child throws(ReportError) in
        try report(child, tool: tool)
      })
  }

  private static func process(_ value: DecodedValue) throws(ReportError) -> ReportedProcess {
    var process = ReportedProcess(
      pid: try value.member("pid").integer(), executable: try value.member("executable").string(),
      arguments: try value.member("arguments").elements { text throws(ReportError) in try text.string() },
      exit: try exit(value.member("exit")))
    process.uncounted = try value.optional("uncounted") { reason throws(ReportError) in
      try reason.word(Uncounted.init(rawValue:), "why a process does not count")
    }
    return process
  }

  private static func exit(_ value: DecodedValue) throws(ReportError) -> ReportedExit {
    ReportedExit(
      kind: try value.member("kind").word(ReportedExit.Kind.init(rawValue:), "a way out of a process"),
      status: try value.optional("status") { number throws(ReportError) in try number.integer() },
      signal: try value.optional("signal") { number throws(ReportError) in try number.integer() },
      phase: try value.member("phase").word(RecordedExit.Phase.init(reportName:), "a phase of the exit"))
  }

  private static func finding(_ value: DecodedValue) throws(ReportError) -> Finding {
    var finding = Finding(
      rule: try value.member("rule").word(RuleID.init(rawValue:), "a rule of this version"),
      level: try value.member("level").word(Level.init(rawValue:), "error, warning or note"),
      fingerprint: try value.member("fingerprint").string(),
      message: try value.member("message").string(),
      thread: try value.optional("thread", thread),
      resource: try value.optional("resource", resource),
      acquired: try value.optional("acquired", stack),
      created: try value.optional("created", stack),
      stopped: try value.optional("stopped", stack),
      waitingFor: try value.optional("waitingFor", wait),
      waiters: try value.member("waiters").elements(threadName),
      similar: try value.member("similar").elements(threadName),
      circle: try value.optionalMember("circle")?.elements(link) ?? [],
      count: try value.optional("count") { number throws(ReportError) in try number.integer() })
    finding.new = try value.optional("new") { number throws(ReportError) in try number.integer() }
    finding.suppression = try value.optional("suppression", suppression)
    return finding
  }

  private static func resource(_ value: DecodedValue) throws(ReportError) -> ReportedResource {
    let kind = try value.member("kind").word(ResourceKind.init(reportName:), "a kind of resource")
    return ReportedResource(
      kind: kind,
      mode: try value.optional("mode") { mode throws(ReportError) in
        try mode.word(ReportedResource.Mode.init(rawValue:), "a mode of access")
      },
      name: try value.optional("name") { name throws(ReportError) in try name.string() },
      address: try value.optional("address") { address throws(ReportError) in try address.address() },
      file: kind == .file ? try file(value) : nil)
  }

  private static func file(_ value: DecodedValue) throws(ReportError) -> ReportedResource.File {
    ReportedResource.File(
      path: try value.optional("path") { path throws(ReportError) in try path.string() },
      descriptor: try value.optional("descriptor") { number throws(ReportError) in try number.integer() },
      unflushedBytes: try value.optional("unflushedBytes") { count throws(ReportError) in try count.integer() },
      unsyncedBytes: try value.optional("unsyncedBytes") { count throws(ReportError) in try count.integer() })
  }

  private static func stack(_ value: DecodedValue) throws(ReportError) -> Stack {
    Stack(complete: try value.member("complete").bool(), frames: try value.member("frames").elements(frame))
  }

  private static func frame(_ value: DecodedValue) throws(ReportError) -> Frame {
    Frame(
      function: try value.optional("function") { text throws(ReportError) in try text.string() },
      file: try value.optional("file") { text throws(ReportError) in try text.string() },
      line: try value.optional("line") { number throws(ReportError) in try number.integer() },
      column: try value.optional("column") { number throws(ReportError) in try number.integer() },
      module: try value.optional("module") { text throws(ReportError) in try text.string() },
      address: try value.member("address").address(),
      moduleOffset: try value.optional("moduleOffset") { offset throws(ReportError) in try offset.address() },
      inlined: try value.member("inlined").bool(), inferred: try value.member("inferred").bool())
  }

  private static func wait(_ value: DecodedValue) throws(ReportError) -> ReportedWait {
    ReportedWait(
      kind: try value.member("kind").word(ResourceKind.init(reportName:), "what a thread can wait for"),
      name: try value.optional("name") { name throws(ReportError) in try name.string() },
      address: try value.optional("address") { address throws(ReportError) in try address.address() },
      holders: try value.member("holders").elements(threadName),
      outsideHolder: try value.optional("outsideHolder") { id throws(ReportError) in try id.integer() })
  }

  private static func link(_ value: DecodedValue) throws(ReportError) -> ReportedLink {
    ReportedLink(
      thread: try threadName(value.member("thread")), waitingFor: try wait(value.member("waitingFor")),
      stopped: try value.optional("stopped", stack), acquired: try value.optional("acquired", stack))
  }

  private static func threadName(_ value: DecodedValue) throws(ReportError) -> ThreadName {
    ThreadName(
      number: try value.member("number").integer(),
      id: try value.optional("id") { number throws(ReportError) in try number.integer() },
      name: try value.optional("name") { name throws(ReportError) in try name.string() })
  }

  private static func thread(_ value: DecodedValue) throws(ReportError) -> ReportedThread {
    ReportedThread(
      identity: try threadName(value), daemon: try value.member("daemon").bool(),
      declared: try value.member("declared").bool(),
      state: try value.member("state").word(ThreadState.init(rawValue:), "a state of a thread"))
  }

  private static func listedThread(_ value: DecodedValue) throws(ReportError) -> ListedThread {
    ListedThread(thread: try thread(value), holds: try value.member("holds").integer())
  }
}
