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
      if let wait = finding.waitingFor { addLabeled("waiting for", wait.phrase) }
      addBriefly(finding.created, label: finding.createdLabel)
    } else {
      for (index, link) in finding.circle.enumerated() { add(link, number: index + 1) }
    }
    addOthers(finding)
    explained.insert(finding.rule)
    let words = Rule.of(finding.rule).words(for: finding)
    guard given.insert(words).inserted else { return }
    addLabeled("why it matters", words.harm)
    addLabeled("help", words.advice)
  }

  /// Where it was acquired or made, where it stood, and whom it waited for, in one line.
  private mutating func addCompactly(_ finding: Finding) {
    let places: [(String, Stack?)] = [
      (finding.acquiredCaption.label, finding.acquired), (finding.createdLabel, finding.created),
      (finding.stoppedCaption.label, finding.stopped),
    ]
    var known = places.compactMap { label, stack in
      stack.flatMap(StackOutline.init).map { "\(label) \(location($0))" }
    }
    if let wait = finding.waitingFor, wait.isForSomebody { known.append("waiting for \(wait.phrase)") }
    if !known.isEmpty { add("  " + known.joined(separator: "; ")) }
    addOthers(finding)
  }

  private mutating func add(_ link: ReportedLink, number: Int) {
    add("  \(number). \(link.thread.phrase) waits for \(link.waitingFor.phrase)")
    add(link.stopped, Caption(label: "waits", mark: "waits here", indent: 5))
    let holder = link.waitingFor.holders.first.map(\.phrase) ?? "its holder"
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
}
