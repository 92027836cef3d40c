// The GitHub report: workflow commands, which become annotations of the changed lines.

public import StragglerAnalysis
internal import StragglerModel

/// Writes a report as the workflow commands `::error`, `::warning` and `::notice` of GitHub Actions, one a line; a step prints
/// the file. The last line is the summary, for the log. An annotation names no file but of the program's own code.
public struct GitHubReport {
  /// GitHub shows this many annotations of each level for a step, and drops the others.
  static let shown = 10
  /// GitHub cuts messages that are longer than 64 KiB; a screen is enough.
  private static let longest = 4000

  private let folder: String?
  private var pathsAreLeftOut = false

  /// - Parameter folder: The checkout: GitHub finds files by their path in it.
  public init(folder: String? = nil) { self.folder = folder }

  public func write(_ report: Report, to write: (String) -> Void) {
    var writer = self
    writer.pathsAreLeftOut = report.leavesOutPaths
    writer.writeCommands(report, to: write)
  }

  private func writeCommands(_ report: Report, to write: (String) -> Void) {
    if report.all.contains(where: { $0.lost > 0 }) {
      write("::warning title=straggler::The recorder had no room for all: more may have been left behind.\n")
    }
    var omitted = 0
    for level in Level.allCases.reversed() {
      let findings = report.all.flatMap { report in
        report.findings.filter { $0.level == level }.map { (finding: $0, report: report) }
      }
      for item in findings.prefix(Self.shown) { write(command(item.finding, of: item.report) + "\n") }
      omitted += max(0, findings.count - Self.shown)
    }
    if omitted > 0 { write("straggler: \(plural(omitted, "finding has", "findings have")) no annotation here\n") }
    write(shortened(Summary(report).line(style: TextReport.Style(folder: folder)), to: 1000) + "\n")
  }

  private func command(_ finding: Finding, of report: Report) -> String {
    var properties = ["title=" + Self.property("straggler: " + finding.rule.rawValue)]
    // Without its folder a file may be any of that name: the message says what is known.
    if !pathsAreLeftOut, let place = finding.sourcePlace(inProject: folder) {
      let frame = place.frame
      properties.insert("file=" + Self.property(shortened(place.path, to: 4096)), at: 0)
      if let line = frame.line, line >= 1 { properties.insert("line=\(line)", at: 1) }
      if let column = frame.column, column >= 1, (frame.line ?? 0) >= 1 { properties.insert("col=\(column)", at: 2) }
    }
    let name = finding.level == .note ? "notice" : finding.level.rawValue
    return "::\(name) \(properties.joined(separator: ","))::\(Self.data(text(finding, of: report)))"
  }

  private func text(_ finding: Finding, of report: Report) -> String {
    let text = TextReport(style: TextReport.Style(folder: folder))
    let process = report.process.map { "in \(visible(lastComponent($0.executable))) (pid \($0.pid))" }
    let details = text.excerpt(of: finding).dropFirst().joined(separator: "\n")
    return shortened(
      [shortened(visible(finding.message)), details, process ?? ""].filter { !$0.isEmpty }.joined(separator: "\n"),
      to: Self.longest)
  }

  /// What stands behind the second `::`. The line ends in it are ours: those from outside are spelled out already.
  private static func data(_ text: String) -> String { escaped(text, "%\r\n") }

  private static func property(_ text: String) -> String { escaped(visible(text), "%\r\n:,") }

  /// Scalar by scalar: as a `Character`, a percent sign with an accent is none.
  private static func escaped(_ text: String, _ special: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if special.unicodeScalars.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
