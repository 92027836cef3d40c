// The last line of the text report: how much was found, and how the program ended.

internal import StragglerAnalysis

struct Summary {
  private let report: Report
  private let own: [Level: Int]
  private let childLevels: [Level: Int]
  private let childProcesses: Int
  private let lost: Int
  private let suppressed: Int

  init(_ report: Report) {
    self.report = report
    own = Self.count(report.findings)
    let descendants = Self.descendants(of: report)
    childLevels = Self.count(descendants.flatMap(\.findings))
    childProcesses = descendants.count { !$0.findings.isEmpty }
    // What its other processes left behind is told before what is said of the program alone.
    suppressed = (childLevels.isEmpty ? [report] + descendants : [report]).reduce(0) { $0 + $1.suppressed.count }
    lost = ([report] + descendants).reduce(0) { $0 + $1.lost }
  }

  /// `straggler: 1 error, 2 notes in 3 threads of app (pid 4711), which returned 0`.
  func line(style: TextReport.Style) -> String {
    "straggler: " + sentence(style: style)
  }

  /// The line without the tool's name before it.
  func sentence(style: TextReport.Style) -> String {
    (report.process.map { observed($0, style: style) } ?? merged) + lossNote
  }

  private func observed(_ process: ReportedProcess, style: TextReport.Style) -> String {
    let program = "\(style.path(lastComponent(process.executable))) (pid \(process.pid))"
    let others = childLevels.isEmpty ? nil : "\(phrase(childLevels)) in \(otherProcesses)"
    guard own.isEmpty else {
      let text = "\(phrase(own)) in \(threads) of \(program), which \(report.ending)"
      return text + (others.map { "; " + $0 } ?? "")
    }
    let behind = process.uncounted.map { uncounted($0, process) } ?? nothing(process.exit.kind)
    return (others.map { "\($0) of the run; \(program) itself" } ?? program) + " " + behind + blindness(process)
  }

  /// `returned 0 and left nothing behind`, as far as that is known.
  private func nothing(_ kind: ReportedExit.Kind) -> String {
    let behind = kind == .running ? ", and would leave nothing behind" : " and left nothing behind"
    return report.ending + behind + knownNote
  }

  /// `returned 0; whatever it left behind does not count: name it with --only git`: it was observed, and nothing is claimed.
  private func uncounted(_ reason: Uncounted, _ process: ReportedProcess) -> String {
    let words: String
    switch reason {
    case .tool: words = ": name it with --only \(visible(lastComponent(process.executable)))"
    case .ignore: words = ", by --ignore"
    case .only: words = ", as no --only names it"
    }
    return "\(report.ending); whatever it left behind does not count\(words)"
  }

  private var otherProcesses: String { plural(childProcesses, "other process", "other processes") }

  private var merged: String {
    let reports = plural(report.children.count, "report", "reports")
    let levels = childLevels.merging(own, uniquingKeysWith: +)
    return levels.isEmpty ? "nothing was left behind\(knownNote) in \(reports)" : "\(phrase(levels)) in \(reports)"
  }

  /// Every line of the coverage up to its colon, which no name has (`std::sync`).
  private func blindness(_ process: ReportedProcess) -> String {
    let spots = report.unseen.filter { $0 != process.uncountedLine }.map { line in
      visible(String(line[..<(line.firstRange(of: ": ")?.lowerBound ?? line.endIndex)]))
    }
    return spots.isEmpty ? "" : "; it was not possible to see: \(spots.joined(separator: ", "))"
  }

  /// Nothing is claimed that a suppression or a baseline only hides.
  private var knownNote: String {
    suppressed == 0 ? "" : " but what \(plural(suppressed, "suppressed finding tells", "suppressed findings tell"))"
  }

  private var lossNote: String {
    lost == 0 ? "" : "; \(plural(lost, "entry was", "entries were")) lost for want of room"
  }

  private var threads: String {
    var numbers: Set<Int> = []
    for finding in report.findings {
      if let thread = finding.thread { numbers.insert(thread.identity.number) }
      numbers.formUnion(finding.similar.map(\.number))
      numbers.formUnion(finding.circle.map(\.thread.number))
    }
    return plural(max(1, numbers.count), "thread", "threads")
  }

  private func phrase(_ counts: [Level: Int]) -> String {
    let parts = Level.allCases.reversed().compactMap { level in
      counts[level].map { plural($0, level.rawValue, level.rawValue + "s") }
    }
    return parts.joined(separator: ", ")
  }

  private static func count(_ findings: [Finding]) -> [Level: Int] {
    findings.reduce(into: [:]) { $0[$1.level, default: 0] += 1 }
  }

  private static func descendants(of report: Report) -> [Report] {
    report.children.flatMap { [$0] + descendants(of: $0) }
  }
}

extension Report {
  /// The end of "which …": how its process ended. main did not return where another thread called exit, or was the last to end.
  var ending: String {
    guard let exit = process?.exit else { return "" }
    let exiting = threads.filter { $0.thread.state == .exiting }
    let isByOther = !exiting.isEmpty && !exiting.contains { $0.thread.identity.isMain }
    guard exit.kind == .return, isByOther else { return exit.sentence }
    return "exited" + (exit.status.map { " with \($0)" } ?? "")
  }
}

extension ReportedExit {
  fileprivate var sentence: String {
    let number = status.map { " \($0)" } ?? ""
    switch kind {
    case .return: return "returned\(number)"
    case .underscore: return "called _exit\(status.map { "(\($0))" } ?? "")"
    case .quick: return "called quick_exit\(status.map { "(\($0))" } ?? "")"
    case .exec: return "was replaced by exec"
    case .abort: return "aborted (SIGABRT)"
    case .signal: return "was ended by \(signalName)"
    case .killed: return signal == nil ? "came to an end that nobody saw" : "was killed (SIGKILL)"
    case .stalled: return "had to be ended, because its exit did not end"
    case .running: return "is still running"
    }
  }

  /// signal(7), x86-64: those that end a process by default.
  private var signalName: String {
    guard let signal else { return "a signal" }
    let names: [Int32: String] = [
      1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 7: "SIGBUS", 8: "SIGFPE", 10: "SIGUSR1",
      11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ",
      31: "SIGSYS",
    ]
    return names[signal].map { "signal \(signal) (\($0))" } ?? "signal \(signal)"
  }
}
