// The report for a person: it reads like a compiler's diagnostic.

public import StragglerAnalysis
internal import StragglerModel

/// Writes a report as text. Everything that comes from the observed program (names, paths, symbols, source) is shown
/// with control characters spelled out.
public struct TextReport {
  let style: Style
  let source: (String) -> [String]?
  var lines: [String] = []
  /// Rules whose advice was given.
  var explained: Set<RuleID> = []
  /// It is not repeated for each of their findings.
  var given: Set<Rule.Words> = []

  /// - Parameters:
  ///   - source: The lines of a source file, by its path as the program's debug information names it; nil where it
  ///     can't be read, and where it is not the file that the program was built from.
  public init(style: Style = Style(), source: @escaping (String) -> [String]? = { _ in nil }) {
    self.style = style
    self.source = source
  }

  /// Hands the report over line by line, each with its newline. The last line is a summary; a run that left nothing
  /// behind has no other line.
  public func write(_ report: Report, to write: (String) -> Void) {
    var rendering = self
    rendering.add(report, isRoot: true)
    rendering.addHandling(report)
    rendering.addExplanationHint()
    rendering.add(Summary(report).line(style: style))
    for line in rendering.lines { write(line + "\n") }
  }

  /// One finding alone, with its rule's advice, as lines of a length that other formats have room for. Without the empty
  /// one at its end.
  func excerpt(of finding: Finding) -> [String] {
    var rendering = self
    rendering.add(finding)
    return rendering.lines.dropLast().map { shortened($0, to: 1000) }
  }

  /// What could not be seen in one process.
  func blindSpots(of report: Report) -> [String] {
    var rendering = self
    rendering.addBlindSpots(report)
    return rendering.lines.dropLast().map { shortened($0, to: 1000) }
  }

  mutating func add(_ line: String) { lines.append(line) }

  private mutating func add(_ report: Report, isRoot: Bool) {
    if !isRoot, report.isTold, let process = report.process {
      let program = "process \(process.pid) (\(style.path(process.executable)))"
      add(style.strong("In \(program), which \(report.ending):"))
      add("")
    }
    for finding in report.findings { add(finding) }
    if report.isTold { addBlindSpots(report) }
    for child in report.children { add(child, isRoot: false) }
  }

  private mutating func addExplanationHint() {
    let ids = Rule.all.map(\.id).filter(explained.contains).map { "`straggler explain \($0.rawValue)`" }
    if !ids.isEmpty { add("For more about what this means and how to mend it: \(ids.joined(separator: ", "))") }
  }

  /// What could not be seen belongs beside what was: so that silence about a lock is not taken for proof.
  private mutating func addBlindSpots(_ report: Report) {
    guard !report.unseen.isEmpty || report.lost > 0 else { return }
    if report.lost > 0 {
      let entries = report.lost == 1 ? "1 entry" : "\(report.lost) entries"
      add("\(style.label("incomplete:")) the recorder had no room for \(entries): more may have been left behind")
    }
    for line in report.unseen { add("\(style.label("not seen:")) \(visible(line))") }
    add("")
  }
}

extension Report {
  /// Whether what people read has a part for this process.
  var isTold: Bool { !findings.isEmpty || lost > 0 }
}
