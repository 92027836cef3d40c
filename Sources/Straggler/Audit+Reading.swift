// Makes an audit: from the process's own arena by the same analysis as a report.

internal import CStragglerRecorder
internal import StragglerAnalysis
internal import StragglerModel

/// Finds what would be abandoned if the process ended now. Ends, stops and signals nobody.
///
/// May be called from any thread at any time, exit callbacks included; it waits for nobody, and takes milliseconds.
/// Other threads go on meanwhile: what they take and give back while it looks is found or not. The main thread counts
/// as the one that would exit. Python has none.
///
/// - Returns: the findings, and what could not be seen.
/// - Throws: `AuditError.noRecorder` where nothing is recorded; `.unreadable`, with the reason.
public func audit() throws(AuditError) -> Audit {
  let size = straggler_audit_size()
  guard size > 0 else { throw .noRecorder }
  var process: RecordedProcess
  do {
    process = try ArenaReader.read(name: "this process's arena", size: size) { offset, buffer in
      straggler_audit_arena(offset, buffer.baseAddress, UInt64(buffer.count))
    }
  } catch {
    throw .unreadable(explanation: "\(error)")
  }
  for index in process.threads.indices { process.threads[index].lookAgain() }
  return Audit(analyze(process, ending: .running, resolver: UnsymbolizedStacks(modules: process.modules)))
}

extension RecordedThread {
  /// Adds what a freeze would: where the thread stands, and what the locks say of themselves.
  fileprivate mutating func lookAgain() {
    for index in holds.indices where !holds[index].annotated {
      holds[index].object = lockObject(holds[index].kind, at: holds[index].address)
    }
    if let address = transit?.address {
      let object = lockObject(.mutex, at: address)
      transit?.object = object
    }
    guard lifecycle == .alive, let id else { return }
    stop = RecordedStop(outcome: .stopped, stack: nil, systemCall: RecordedStop.SystemCall(of: id))
  }

  private func lockObject(_ kind: ResourceKind, at address: UInt64) -> RecordedHold.Object {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = straggler_audit_lock(kind.rawValue, address, &bytes)
    return count == 0 ? .notRead : count < 0 ? .gone : .bytes(Array(bytes.prefix(Int(count))))
  }
}

extension RecordedStop.SystemCall {
  /// The system call that a thread is in now; nil if it runs.
  fileprivate init?(of thread: Int32) {
    var call = StragglerAuditCall()
    guard straggler_audit_system_call(thread, &call) else { return nil }
    self.init(
      number: call.number, arguments: withUnsafeBytes(of: call.arguments) { Array($0.bindMemory(to: UInt64.self)) },
      sp: call.sp, pc: call.pc, futexValue: call.has_futex_value ? call.futex_value : nil,
      fileMode: call.has_file_mode ? call.file_mode : nil)
  }
}

/// Stacks as far as they can be told without unwinding and without symbols: the recorded return address.
private struct UnsymbolizedStacks: StackResolving {
  let modules: [Module]

  func stack(_ captured: CapturedStack) -> Stack {
    guard captured.pc != 0 else { return Stack(complete: false, frames: []) }
    let module = modules.first { $0.range.contains(captured.pc) }
    let offset = module.map { captured.pc &- 1 &- $0.bias }
    return Stack(complete: false, frames: [Frame(module: module?.path, address: captured.pc, moduleOffset: offset)])
  }

  func acquisition(_ recorded: CapturedStack, stoppedAt: CapturedStack?) -> Stack { stack(recorded) }
  func dataSymbol(containing address: UInt64) -> String? { nil }
  func functionName(at address: UInt64) -> String? { nil }
}

extension Audit {
  fileprivate init(_ report: Report) {
    findings = report.findings.map(Finding.init)
    unseen = report.unseen
    lost = report.lost
  }
}

extension Audit.Finding {
  fileprivate init(_ finding: StragglerAnalysis.Finding) {
    rule = finding.rule.rawValue
    level =
      switch finding.level {
      case .note: .note
      case .warning: .warning
      case .error: .error
      }
    message = finding.message
    thread = (finding.thread?.identity).map(Audit.ThreadIdentity.init)
    resource = finding.resource.map { resource in
      Audit.Resource(kind: resource.kind.reportName, name: resource.name, path: resource.file?.path)
    }
    waiters = finding.waiters.map(Audit.ThreadIdentity.init)
    similar = finding.similar.map(Audit.ThreadIdentity.init)
    // Of a file that another thread opened, the analysis says where it comes from.
    let acquisition = finding.acquired ?? (finding.rule == .abandonedFile ? finding.created : nil)
    acquired = (acquisition?.frames ?? []).map { Audit.Place(address: $0.address, module: $0.module) }
  }
}

extension Audit.ThreadIdentity {
  fileprivate init(_ name: ThreadName) {
    self.init(number: name.number, nativeID: name.id, name: name.name)
  }
}
