// From what a run left to its report: the program's, with those of the other processes under it.

internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerSymbols

/// Makes one run's report.
struct RunReporting {
  var filter: ProcessFilter
  /// The day by which suppressions expire.
  private let today: CalendarDay
  /// The processes of a run mostly have loaded the same files.
  private let files = SymbolFiles()

  init(filter: ProcessFilter, today: CalendarDay) {
    self.filter = filter
    self.today = today
  }

  /// - Throws: `CommandFailure` when the program's own record can't be read.
  func report(of observation: Observation) throws -> Report {
    var report: Report
    switch observation.main.recorded {
    case .failure(let error): throw CommandFailure("the record of the program can't be read: \(error)")
    case .success(let process): report = self.report(of: process, observation.main.ending)
    }
    var blindSpots = BlindSpots()
    for other in observation.others {
      switch other.recorded {
      case .failure(let error): report.unseen.append("process \(other.processID): \(error)")
      case .success(let process):
        let child = self.report(of: process, other.ending)
        if !child.findings.isEmpty || !child.suppressed.isEmpty || child.lost > 0 {
          report.children.append(child)
        } else if filter.counts(process.executable), Self.canHideFindings(process) {
          blindSpots.add(child)
        }
      }
    }
    report.unseen += blindSpots.lines + observation.unattached.map(Self.line)
    let unreceived = Set(observation.unreceived).sorted()
    if !unreceived.isEmpty { report.unseen.append(Self.line(unreceived: unreceived)) }
    for process in observation.outliving { add(process, to: &report) }
    return report
  }

  private static func named(_ processIDs: [Int32]) -> String {
    let count = processIDs.count
    let named = processIDs.prefix(3).map(String.init).joined(separator: ", ") + (count > 3 ? ", …" : "")
    return count == 1 ? "process \(named)" : "processes \(named) (\(count))"
  }

  private static func line(unreceived: [Int32]) -> String {
    "\(named(unreceived)): no descriptor was left to take the record with (ulimit -n)"
  }

  private static func line(_ programs: UnattachedPrograms) -> String {
    "\(named(programs.processIDs)), started by \(programs.starter): no recorder attached (statically linked, set-user-ID, without "
      + "LD_PRELOAD and STRAGGLER_SOCKET in its environment, or killed at its start)"
  }

  /// What an outliving process abandons is not decided yet. A lock that its fork left locked for ever is.
  private func add(_ outliving: ObservedImage, to report: inout Report) {
    guard case .success(let process) = outliving.recorded else { return }
    report.unseen.append(
      "process \(process.id) (\(process.executable)): it still ran when the program ended, and was not waited for")
    var child = self.report(of: process, .running)
    child.findings = child.findings.filter { $0.rule == .orphanedLock }
    if !child.findings.isEmpty { report.children.append(child) }
  }

  /// One process's report; without findings where it does not count.
  func report(of process: RecordedProcess, _ ending: ImageEnding) -> Report {
    let (process, ending) = Self.interpreted(process, ending)
    var report = analyze(process, ending: ending, resolver: ResolvedStacks(modules: process.modules, files: files))
    if let reason = filter.reasonNotToCount(process.executable) { report.leaveUncounted(reason) }
    suppressByDefault(&report, process)
    return report
  }

  /// Asks the suppressions that the program has in itself. A mistake in them makes none of them hold, and is said beside what
  /// they were to hide.
  private func suppressByDefault(_ report: inout Report, _ process: RecordedProcess) {
    let source = Suppression.ownSource
    var text = process.defaultSuppressions.utf8[...]
    if process.defaultSuppressionsCut {
      // The line in whose middle it ends would be another suppression.
      text = text[..<(text.lastIndex(of: UInt8(ascii: "\n")) ?? text.startIndex)]
      report.unseen.append("\(source): it is too long, and only its first \(text.count) bytes hold; use a file")
    }
    do {
      report.suppress(by: try Suppression.all(in: Array(text), source: source), today: today)
    } catch {
      report.unseen.append("\(error); none of the program's own suppressions holds")
    }
  }

  /// A process whose successor has attached has really been replaced, whatever way it took to exec.
  private static func interpreted(_ process: RecordedProcess, _ ending: ImageEnding) -> (
    RecordedProcess, ObservedEnding
  ) {
    switch ending {
    case .exited(let status): return (process, .exited(status: status))
    case .signaled(let signal): return (process, .signaled(signal))
    case .forced(.stalled): return (process, .stalled)
    case .forced(.deadlocked): return (process, .deadlocked)
    case .unknown: return (process, .unknown)
    case .running: return (process, .running)
    case .replaced:
      var process = process
      process.exit.kind = .exec
      // An exec that went past libc: of a single thread it is known who made it.
      let living = process.threads.indices.filter { process.threads[$0].lifecycle == .alive }
      if process.exit.thread == nil, living.count == 1 { process.threads[living[0]].exiting = true }
      return (process, .unknown)
    }
  }

  /// Whether what was not seen of a process may be a finding: with a single thread, and no child without a record, it is none.
  private static func canHideFindings(_ process: RecordedProcess) -> Bool {
    let living = process.threads.count { $0.lifecycle == .alive && !$0.ofParent }
    return living > 1 || process.children.unrecorded > 0 || process.children.forgotten > 0
  }

  /// Whether a child that has ended can have anything to say: without threads, children out of sight, holds and losses it can't.
  static func isWorthKeeping(_ image: ObservedImage) -> Bool {
    guard case .success(let process) = image.recorded, image.ending != .forced(.stalled),
      image.ending != .forced(.deadlocked)
    else { return true }
    return process.threads.count > 1 || canHideFindings(process)
      || process.threads.contains { !$0.holds.isEmpty || $0.transit != nil }
      || !process.sections.isEmpty || process.losses.total > 0
  }
}
