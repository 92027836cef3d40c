// The Markdown report: for a job's summary, a comment, a mail.

public import StragglerAnalysis
internal import StragglerModel

/// Writes a report as GitHub-flavoured Markdown. Whatever comes from the observed program stands in code spans and code blocks:
/// there nothing is a link, a tag, or a mention of somebody.
public struct MarkdownReport {
  /// GitHub takes no job summary beyond 1 MiB: so many findings are told in full.
  private static let fullLimit = 100

  private let folder: String?
  private let source: (String) -> [String]?

  /// - Parameters:
  ///   - folder: Paths below it are shown relative to it.
  ///   - source: The lines of a source file; see `TextReport`.
  public init(folder: String? = nil, source: @escaping (String) -> [String]? = { _ in nil }) {
    self.folder = folder
    self.source = source
  }

  public func write(_ report: Report, to write: (String) -> Void) {
    let summary = shortened(Summary(report).line(style: TextReport.Style(folder: folder)), to: 1000)
    write("## Straggler\n\n\(codeSpan(summary))\n")
    var left = Self.fullLimit
    for (index, process) in report.all.enumerated() {
      if let section = section(process, isRoot: index == 0, left: &left) { write("\n" + section) }
    }
    let count = report.all.reduce(0) { $0 + $1.findings.count }
    if count > Self.fullLimit {
      write("\n\(plural(count - Self.fullLimit, "more finding", "more findings")): see the JSON report.\n")
    }
  }

  /// - Returns: nil for a process that has nothing to say.
  private func section(_ report: Report, isRoot: Bool, left: inout Int) -> String? {
    var blocks: [String] = []
    if !isRoot, let process = report.process, report.isTold || !report.suppressed.isEmpty {
      let name = codeSpan(shortened(process.executable))
      blocks.append("## In process \(process.pid), \(name), which \(report.ending)")
    }
    let told = report.findings.prefix(left)
    left -= told.count
    blocks += told.filter { $0.level > .note }.map(block)
    let notes = told.filter { $0.level == .note }
    if !notes.isEmpty {
      let title = "<details><summary>\(plural(notes.count, "note", "notes"))</summary>"
      blocks += [title] + notes.map(block) + ["</details>"]
    }
    if report.isTold {
      let blindSpots = TextReport(style: TextReport.Style(folder: folder)).blindSpots(of: report)
      if !blindSpots.isEmpty { blocks.append(codeBlock(blindSpots)) }
    }
    if !report.suppressed.isEmpty {
      blocks.append("\(plural(report.suppressed.count, "finding was", "findings were")) suppressed.")
    }
    return blocks.isEmpty ? nil : blocks.joined(separator: "\n\n") + "\n"
  }

  private func block(_ finding: Finding) -> String {
    let words = Rule.of(finding.rule).words(for: finding)
    let text = TextReport(style: TextReport.Style(folder: folder), source: source)
    let labels = ["  why it matters: ", "  help: "]
    let details = text.excerpt(of: finding).dropFirst().filter { line in !labels.contains { line.hasPrefix($0) } }
    var blocks = [
      "### \(finding.level.rawValue): \(finding.rule.rawValue)", codeSpan(shortened(visible(finding.message))),
    ]
    if !details.isEmpty { blocks.append(codeBlock(Array(details))) }
    if finding.level > .note {
      blocks.append("**Why it matters:** \(words.harm)\n\n**Help:** \(words.advice)")
    }
    return blocks.joined(separator: "\n\n")
  }
}

/// A code span (CommonMark 6.1): its fence is longer than any run of backticks in it.
func codeSpan(_ text: String) -> String {
  let text = visible(text)
  let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
  // A space on each side is taken off again; a span can't be empty.
  return "\(fence) \(text.isEmpty ? "?" : text) \(fence)"
}

/// A fenced code block (CommonMark 4.5).
func codeBlock(_ lines: [String]) -> String {
  let text = lines.map(visible).joined(separator: "\n")
  let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
  return "\(fence)text\n\(text)\n\(fence)"
}

private func longestRun(of mark: Unicode.Scalar, in text: String) -> Int {
  var (longest, run) = (0, 0)
  for scalar in text.unicodeScalars {
    run = scalar == mark ? run + 1 : 0
    longest = max(longest, run)
  }
  return longest
}
