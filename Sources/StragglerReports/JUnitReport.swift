// The JUnit report: what continuous integration shows among the results of tests.

public import StragglerAnalysis
internal import StragglerModel

/// Writes a report as JUnit XML: a suite for each process, in it a test case for each rule.
///
/// There is no standard; it keeps to what GitLab, Jenkins and Buildkite read. They know a test case again by suite, class and
/// name: a rule's is there in each report, passed or failed, under the same name, and no two are called the same.
public struct JUnitReport {
  private let fails: (Finding) -> Bool
  private let style: TextReport.Style
  private let source: (String) -> [String]?

  /// - Parameters:
  ///   - fails: Whether a finding fails the run: those are failures, others are output of a passed test.
  ///   - folder: Paths below it are shown relative to it.
  ///   - source: The lines of a source file; see `TextReport`.
  public init(
    fails: @escaping (Finding) -> Bool, folder: String? = nil,
    source: @escaping (String) -> [String]? = { _ in nil }
  ) {
    self.fails = fails
    self.style = TextReport.Style(folder: folder)
    self.source = source
  }

  public func write(_ report: Report, to write: (String) -> Void) {
    let suites = suites(report)
    write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    write("<testsuites name=\"straggler\"\(Self.counts(suites.flatMap(\.cases)))>\n")
    for suite in suites { self.write(suite, to: write) }
    write("</testsuites>\n")
  }

  private struct Suite {
    var name: String
    var report: Report
    var cases: [Case]
  }

  private struct Case {
    var rule: Rule
    var failing: [Finding]
    var passing: [Finding]
    var suppressed: [Finding]
  }

  private func suites(_ report: Report) -> [Suite] {
    var taken: [String: Int] = [:]
    return report.all.filter { $0.process != nil || !$0.findings.isEmpty }.map { report in
      let program = report.process.map { shortened(lastComponent($0.executable)) } ?? "merged"
      let number = taken[program, default: 0] + 1
      taken[program] = number
      let cases = Rule.all.map { rule in
        let findings = report.findings.filter { $0.rule == rule.id }
        return Case(
          rule: rule, failing: findings.filter(fails), passing: findings.filter { !fails($0) },
          suppressed: report.suppressed.filter { $0.rule == rule.id })
      }
      return Suite(name: number == 1 ? program : "\(program) (\(number))", report: report, cases: cases)
    }
  }

  private static func counts(_ cases: [Case]) -> String {
    " tests=\"\(cases.count)\" failures=\"\(cases.count { !$0.failing.isEmpty })\" errors=\"0\" skipped=\"0\""
  }

  private func write(_ suite: Suite, to write: (String) -> Void) {
    write("  <testsuite name=\"\(xmlAttribute(suite.name))\"\(Self.counts(suite.cases))>\n")
    if let process = suite.report.process {
      let executable = xmlAttribute(shortened(process.executable, to: 4096))
      write("    <properties>\n")
      write("      <property name=\"pid\" value=\"\(process.pid)\"/>\n")
      write("      <property name=\"executable\" value=\"\(executable)\"/>\n")
      write("      <property name=\"ending\" value=\"\(xmlText(suite.report.ending))\"/>\n")
      write("    </properties>\n")
    }
    for item in suite.cases { self.write(item, of: suite, to: write) }
    let blindSpots = text.blindSpots(of: suite.report)
    if !blindSpots.isEmpty { write("    <system-out>\(xmlText(blindSpots.joined(separator: "\n")))</system-out>\n") }
    write("  </testsuite>\n")
  }

  private func write(_ item: Case, of suite: Suite, to write: (String) -> Void) {
    let head = "    <testcase classname=\"straggler.\(xmlAttribute(suite.name))\" name=\"\(item.rule.id.rawValue)\""
    guard !item.failing.isEmpty || !item.passing.isEmpty || !item.suppressed.isEmpty else {
      return write(head + "/>\n")
    }
    write(head + ">\n")
    if let first = item.failing.first {
      let others = item.failing.count - 1
      let message = shortened(first.message) + (others == 0 ? "" : " (and \(others) more)")
      write("      <failure type=\"\(item.rule.id.rawValue)\" message=\"\(xmlAttribute(message))\">")
      write(xmlText(item.failing.map(excerpt).joined(separator: "\n")))
      write("</failure>\n")
    }
    if !item.passing.isEmpty || !item.suppressed.isEmpty {
      write("      <system-out>")
      let passing = item.passing.map(excerpt) + item.suppressed.map { "suppressed: " + excerpt($0) }
      write(xmlText(passing.joined(separator: "\n")))
      write("</system-out>\n")
    }
    write("    </testcase>\n")
  }

  private func excerpt(_ finding: Finding) -> String {
    text.excerpt(of: finding).map { $0 + "\n" }.joined()
  }

  private var text: TextReport { TextReport(style: style, source: source) }
}
