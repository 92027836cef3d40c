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
      add(finding.acquired, label: finding.acquiredLabel)
      add(finding.stopped, label: "stood", markedBy: finding.acquired)
      addWait(finding.waitingFor)
      add(finding.created, label: finding.createdLabel, brief: true)
    } else {
      for (index, link) in finding.circle.enumerated() { add(link, number: index + 1) }
    }
    addOthers(finding)
    let rule = Rule.of(finding.rule)
    addLabeled("why", rule.harm)
    addLabeled("help", rule.advice)
    addLabeled("more", "straggler explain \(finding.rule.rawValue)")
  }

  /// Where it was acquired or made, and where it stood, in one line.
  private mutating func addCompactly(_ finding: Finding) {
    let places: [(String, Stack?)] = [
      (finding.acquiredLabel, finding.acquired), (finding.createdLabel, finding.created), ("stood", finding.stopped),
    ]
    let known = places.compactMap { label, stack in
      stack.flatMap(StackOutline.init).map { "\(label) \(location($0))" }
    }
    if !known.isEmpty { add("  " + known.joined(separator: "; ")) }
    addOthers(finding)
  }

  private mutating func add(_ link: ReportedLink, number: Int) {
    let waited = phrase(link.waitingFor)
    add("  \(number). \(visible(link.thread.phrase)) waits for \(waited)")
    add(link.stopped, label: "waits")
    if let acquired = link.acquired {
      let holder = link.waitingFor.holders.first.map { "\(visible($0.phrase)) " } ?? ""
      add(acquired, label: "\(holder)took it", brief: true)
    }
  }

  private mutating func addWait(_ wait: ReportedWait?) {
    guard let wait else { return }
    addLabeled("waiting", "for \(phrase(wait))")
  }

  private mutating func addOthers(_ finding: Finding) {
    if !finding.waiters.isEmpty { addLabeled("awaited", "by \(list(finding.waiters))") }
    if !finding.similar.isEmpty {
      let count = finding.similar.count
      addLabeled("same", "found for \(count) other thread\(count == 1 ? "" : "s"): \(list(finding.similar))")
    }
    if let count = finding.count, count > 1 { addLabeled("count", "found in \(count) of the merged reports") }
  }

  private mutating func addLabeled(_ label: String, _ text: String) {
    add("  \(style.label(label + ":")) \(text)")
  }

  private func phrase(_ wait: ReportedWait) -> String {
    let name = wait.name.map { " \"\(visible($0))\"" } ?? ""
    let address = wait.name == nil ? wait.address.map { " at 0x" + String($0, radix: 16) } ?? "" : ""
    switch wait.kind {
    case .join: return wait.holders.isEmpty ? "a thread to end" : "\(list(wait.holders)) to end"
    case .process: return "a child process"
    default: break
    }
    let holders = wait.holders.isEmpty ? "" : ", held by \(list(wait.holders))"
    return "\(wait.kind.phrase)\(name)\(address)\(holders)"
  }

  /// The first few by name, the others by their number.
  private func list(_ threads: [ThreadName]) -> String {
    let shown = threads.prefix(5).map { visible($0.phrase) }.joined(separator: ", ")
    return threads.count > 5 ? "\(shown) and \(threads.count - 5) more" : shown
  }
}

extension Finding {
  fileprivate var acquiredLabel: String {
    switch resource?.kind {
    case .file: "opened"
    case .criticalSection: "entered"
    default: "locked"
    }
  }

  /// A file's finding about a thread that did not open it shows where the opener did.
  fileprivate var createdLabel: String {
    resource?.kind == .file && acquired == nil ? "opened by another thread" : "created"
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
  /// With what it is called in a sentence.
  fileprivate var phrase: String {
    switch self {
    case .mutex, .annotated: "lock"
    case .condition: "a signal of condition"
    case .once: "a once-initialization"
    case .futex: "a futex"
    case .barrier: "barrier"
    case .pipe: "a pipe"
    default: reportName.split(separator: "-").joined(separator: " ")
    }
  }
}
