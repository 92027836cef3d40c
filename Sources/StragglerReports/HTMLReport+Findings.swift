// A finding on the HTML page.

internal import StragglerAnalysis
internal import StragglerModel

extension HTMLReport {
  /// More frames than that are a recursion, which the first ones show.
  private static let frameLimit = 100

  func article(_ finding: Finding, id: String) -> String {
    let level = finding.level.rawValue
    var text = "<article class=\"finding \(level)\" id=\"\(id)\" aria-labelledby=\"\(id)-title\">\n"
    text += "<h3 id=\"\(id)-title\"><span class=\"level\">\(level)</span> \(escaped(finding.message))</h3>\n"
    text += "<p class=\"rule\"><code>\(finding.rule.rawValue)</code></p>\n"
    let body = stacks(finding) + facts(finding) + advice(finding)
    if finding.level == .note {
      text += "<details class=\"more\"><summary>Where, and what to do</summary>\n\(body)</details>\n"
    } else {
      text += body
    }
    return text + "</article>\n"
  }

  private func stacks(_ finding: Finding) -> String {
    if !finding.circle.isEmpty { return circle(finding) }
    let created = TextReport.Caption(label: finding.createdLabel, mark: "here")
    return stack(finding.acquired, finding.acquiredCaption) + stack(finding.stopped, finding.stoppedCaption)
      + stack(finding.created, created)
  }

  private func circle(_ finding: Finding) -> String {
    let items = finding.circle.map { link in
      let holder = link.waitingFor.holders.first?.phrase ?? "its holder"
      return "<li><p>\(escaped(link.thread.phrase)) waits for \(escaped(link.waitingFor.phrase))</p>\n"
        + stack(link.stopped, TextReport.Caption(label: "waits", mark: "waits here"))
        + stack(link.acquired, TextReport.Caption(label: "\(holder) locked it", mark: "locked here")) + "</li>\n"
    }
    return "<ol class=\"circle\">\n\(items.joined())</ol>\n"
  }

  private func stack(_ stack: Stack?, _ caption: TextReport.Caption) -> String {
    guard let stack, let outline = StackOutline(stack) else { return "" }
    let words = TextReport(style: style)
    var text =
      "<div class=\"stack\">\n<h4>\(escaped(caption.label)) <span>\(escaped(words.location(outline)))</span></h4>\n"
    text += excerpt(outline.place, caption)
    let frames = stack.frames.prefix(Self.frameLimit).map { frame in
      "<li\(frame.isProgramOwn ? " class=\"own\"" : "")>\(escaped(words.described(frame)))</li>"
    }
    let missing = stack.complete ? "" : "<p class=\"faint\">Older callers are not known.</p>\n"
    let count = stack.frames.count - frames.count
    let cut = count > 0 ? "<p class=\"faint\">… and \(count) more</p>\n" : ""
    return text + "<details><summary>Whole stack: \(plural(stack.frames.count, "frame", "frames"))</summary>\n<ol>\n"
      + "\(frames.joined(separator: "\n"))\n</ol>\n\(cut)\(missing)</details>\n</div>\n"
  }

  private func excerpt(_ frame: Frame, _ caption: TextReport.Caption) -> String {
    guard let file = frame.file, let line = frame.line, let lines = source(file),
      let excerpt = SourceExcerpt(lines: lines, line: line, column: frame.column)
    else { return "" }
    let width = excerpt.rows.map(\.number.count).max() ?? 0
    let rows = excerpt.rows.map { row in
      let number = String(repeating: " ", count: width - row.number.count) + row.number
      let code = row.isMark ? "<b>\(escaped("\(row.text) \(caption.mark)"))</b>" : escaped(row.text)
      return "<i>\(number) │</i> \(code)"
    }
    let name = "Source, \(lastComponent(file)) line \(line)"
    return "<pre tabindex=\"0\" role=\"region\" aria-label=\"\(escaped(name))\">\(rows.joined(separator: "\n"))</pre>\n"
  }

  private func facts(_ finding: Finding) -> String {
    var facts: [(String, String)] = []
    if let wait = finding.waitingFor { facts.append(("Waits for", wait.phrase)) }
    if !finding.waiters.isEmpty { facts.append(("Waited for by", list(finding.waiters))) }
    if !finding.similar.isEmpty { facts.append(("Found likewise for", list(finding.similar))) }
    if let count = finding.count, count > 1 { facts.append(("Found", "in \(count) of the merged reports")) }
    facts.append(("Fingerprint", finding.fingerprint))
    let items = facts.map { "<dt>\($0)</dt><dd>\(escaped($1))</dd>" }
    return "<dl>\n\(items.joined(separator: "\n"))\n</dl>\n"
  }

  private func advice(_ finding: Finding) -> String {
    let words = Rule.of(finding.rule).words(for: finding)
    return "<p><strong>Why it matters:</strong> \(escaped(words.harm))</p>\n"
      + "<p class=\"help\"><strong>Help:</strong> \(escaped(words.advice))</p>\n"
  }
}
