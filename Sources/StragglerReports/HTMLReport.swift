// The HTML report: one page for a person, without scripts and without the network.

public import StragglerAnalysis
internal import StragglerModel

/// Writes a report as one HTML file: what happened, a picture of the threads, the findings with their stacks.
///
/// Nothing in it is loaded or executed, which its own content security policy demands of the browser.
public struct HTMLReport {
  /// So many findings are told; a page of thousands helps nobody.
  private static let fullLimit = 200

  let style: TextReport.Style
  let source: (String) -> [String]?

  /// - Parameters:
  ///   - folder: Paths below it are shown relative to it.
  ///   - source: The lines of a source file; see `TextReport`.
  public init(folder: String? = nil, source: @escaping (String) -> [String]? = { _ in nil }) {
    self.style = TextReport.Style(folder: folder)
    self.source = source
  }

  public func write(_ report: Report, to write: (String) -> Void) {
    let sentence = Summary(report).sentence(style: style)
    write(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Straggler: \(escaped(sentence))</title>
      <style>
      \(Self.styleSheet)
      </style>
      </head>
      <body>
      <a class="skip" href="#report">Skip to the report</a>
      <header>
      <p class="tool">Straggler report</p>
      <h1>\(escaped(sentence))</h1>
      \(lead(report))</header>
      <main id="report" tabindex="-1">

      """)
    var left = Self.fullLimit
    for (index, process) in report.all.enumerated() { section(process, number: index + 1, left: &left, to: write) }
    let count = report.all.reduce(0) { $0 + $1.findings.count }
    if count > Self.fullLimit {
      write("<p>\(plural(count - Self.fullLimit, "more finding is", "more findings are")) in the JSON report.</p>\n")
    }
    write("</main>\n<footer><p>\(escaped(report.tool.name)) \(escaped(report.tool.version))</p></footer>\n")
    write("</body>\n</html>\n")
  }

  /// The heaviest finding of all in its own words.
  private func lead(_ report: Report) -> String {
    let findings = report.all.flatMap(\.findings)
    guard let level = findings.map(\.level).max(), let first = findings.first(where: { $0.level == level }) else {
      return ""
    }
    let others = findings.count - 1
    let more = others == 0 ? "" : " And \(plural(others, "other finding", "other findings"))."
    return "<p class=\"lead\">\(capitalized(escaped(first.message))).\(more)</p>\n"
  }

  private func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private func section(_ report: Report, number: Int, left: inout Int, to write: (String) -> Void) {
    guard report.process != nil || !report.findings.isEmpty || !report.unseen.isEmpty || report.lost > 0 else { return }
    let title = "process-\(number)"
    write("<section aria-labelledby=\"\(title)\">\n<h2 id=\"\(title)\">\(heading(report))</h2>\n")
    if let picture = ThreadPicture(report) { write(self.picture(picture, title: "picture-\(number)")) }
    let told = report.findings.prefix(left)
    left -= told.count
    for (index, finding) in told.enumerated() { write(article(finding, id: "finding-\(number)-\(index + 1)")) }
    if report.findings.isEmpty {
      write("<p>Nothing was left behind\(report.suppressed.isEmpty ? "" : " but what is suppressed").</p>\n")
    }
    if !report.suppressed.isEmpty {
      write(
        "<details><summary>\(plural(report.suppressed.count, "suppressed finding", "suppressed findings"))</summary>\n")
      write("<ul>\n")
      for finding in report.suppressed.prefix(Self.fullLimit) {
        write("<li>\(escaped(finding.message)) <code>\(finding.rule.rawValue)</code></li>\n")
      }
      write("</ul></details>\n")
    }
    write(blindSpots(report))
    write("</section>\n")
  }

  private func heading(_ report: Report) -> String {
    guard let process = report.process else { return "All reports together" }
    return
      "\(escaped(lastComponent(process.executable))), process \(process.pid), \(escaped(report.ending))"
  }

  private func blindSpots(_ report: Report) -> String {
    guard !report.unseen.isEmpty || report.lost > 0 else { return "" }
    var items = report.unseen.map { "<li>\(escaped($0))</li>" }
    if report.lost > 0 {
      let entries = plural(report.lost, "entry", "entries")
      items.insert("<li>The recorder had no room for \(entries): more may have been left behind.</li>", at: 0)
    }
    return "<h3>What could not be seen</h3>\n<ul class=\"unseen\">\n\(items.joined(separator: "\n"))\n</ul>\n"
  }

  /// Text from outside, for an element or an attribute.
  func escaped(_ text: String) -> String { xmlAttribute(shortened(text)) }
}
