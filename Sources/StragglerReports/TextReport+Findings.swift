// One finding as text: errors and warnings in full, notes in two lines.

internal import StragglerAnalysis
internal import StragglerModel

extension TextReport {
  mutating func add(_ finding: Finding) {
    add("\(style.level(finding.level)) \(style.strong(visible(finding.message))) [\(finding.rule.rawValue)]")
    if finding.level == .note { addCompactly(finding) } else { addInFull(finding) }
    add("")
  }

  private mutating func addInFull(_ finding: Finding) {
    if finding.circle.isEmpty {
      add(finding.acquired, finding.acquiredCaption)
      add(finding.stopped, finding.stoppedCaption, after: finding.acquired)
      if let wait = finding.waitingFor { addLabeled("waiting for", phrase(wait)) }
      addBriefly(finding.created, label: finding.createdLabel)
    } else {
      for (index, link) in finding.circle.enumerated() { add(link, number: index + 1) }
    }
    addOthers(finding)
    guard explained.insert(finding.rule).inserted else { return }
    let rule = Rule.of(finding.rule)
    addLabeled("why it matters", rule.harm)
    addLabeled("help", rule.advice)
  }

  /// Where it was acquired or made, and where it stood, in one line.
  private mutating func addCompactly(_ finding: Finding) {
    let places: [(String, Stack?)] = [
      (finding.acquiredCaption.label, finding.acquired), (finding.createdLabel, finding.created),
      (finding.stoppedCaption.label, finding.stopped),
    ]
    let known = places.compactMap { label, stack in
      stack.flatMap(StackOutline.init).map { "\(label) \(location($0))" }
    }
    if !known.isEmpty { add("  " + known.joined(separator: "; ")) }
    addOthers(finding)
  }

  private mutating func add(_ link: ReportedLink, number: Int) {
    add("  \(number). \(visible(link.thread.phrase)) waits for \(phrase(link.waitingFor))")
    add(link.stopped, Caption(label: "waits", mark: "waits here", indent: 5))
    let holder = link.waitingFor.holders.first.map { visible($0.phrase) } ?? "its holder"
    addBriefly(link.acquired, label: "\(holder) locked it", indent: 5)
  }

  private mutating func addOthers(_ finding: Finding) {
    if !finding.waiters.isEmpty { addLabeled("waited for by", list(finding.waiters)) }
    if !finding.similar.isEmpty {
      let count = finding.similar.count
      addLabeled("found likewise", "for \(count) other thread\(count == 1 ? "" : "s"): \(list(finding.similar))")
    }
    if let count = finding.count, count > 1 { addLabeled("found", "in \(count) of the merged reports") }
    if let new = finding.new, new < finding.occurrences {
      addLabeled("new", "\(new) of \(finding.occurrences): the baseline knows the others")
    }
  }

  private mutating func addLabeled(_ label: String, _ text: String) {
    add("  \(style.label(label + ":")) \(text)")
  }

  private func phrase(_ wait: ReportedWait) -> String {
    switch wait.kind {
    case .join: return wait.holders.isEmpty ? "a thread to end" : "\(list(wait.holders)) to end"
    case .process: return wait.name.map { "child process \(visible($0)) to end" } ?? "a child process to end"
    default: break
    }
    let address = wait.address.map { " at 0x" + String($0, radix: 16) } ?? ""
    let name = wait.name.map { " \"\(visible($0))\"" } ?? address
    let having = wait.kind == .once ? "run" : "held"
    let holders = wait.holders.isEmpty ? "" : ", \(having) by \(list(wait.holders))"
    return "\(wait.kind.phrase)\(name)\(holders)"
  }

  /// The first few by name, of the others how many they are.
  private func list(_ threads: [ThreadName]) -> String {
    let shown = threads.prefix(5).map { visible($0.phrase) }.joined(separator: ", ")
    return threads.count > 5 ? "\(shown) and \(threads.count - 5) more" : shown
  }
}

extension Finding {
  fileprivate var acquiredCaption: TextReport.Caption {
    switch resource?.kind {
    case .file: TextReport.Caption(label: "opened", mark: "opened here")
    case .criticalSection: TextReport.Caption(label: "entered", mark: "entered here")
    case .semaphore: TextReport.Caption(label: "taken", mark: "taken here")
    default: TextReport.Caption(label: "locked", mark: "locked here")
    }
  }

  /// Only what was abandoned was cut off; a thread of an audit runs on, an exiting one was on its own way.
  fileprivate var stoppedCaption: TextReport.Caption {
    thread?.state == .abandoned
      ? TextReport.Caption(label: "cut off", mark: "cut off here")
      : TextReport.Caption(label: "stood", mark: "stood here")
  }

  /// A file's finding about a thread that did not open it shows where the opener did.
  fileprivate var createdLabel: String {
    resource?.kind == .file && acquired == nil ? "opened by another thread" : "thread created"
  }
}

extension ThreadName {
  /// `thread "writer" (3)`, `main thread`, `thread 3`.
  fileprivate var phrase: String {
    if name == "main" { return "main thread" }
    return name.map { "thread \"\($0)\" (\(number))" } ?? "thread \(number)"
  }
}

extension ResourceKind {
  /// What it is called in a sentence, before its name.
  fileprivate var phrase: String {
    switch self {
    case .mutex, .annotated: "lock"
    case .condition: "a signal of condition"
    case .barrier: "the other threads of barrier"
    case .once: "the end of once-initialization"
    case .futex: "futex"
    case .pipe: "pipe"
    default: reportName.split(separator: "-").joined(separator: " ")
    }
  }
}
