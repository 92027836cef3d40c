// `straggler report`: renders saved reports or arenas again, merges several.

internal import ArgumentParser
internal import Glibc
internal import StragglerAnalysis
internal import StragglerProcesses

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Render saved reports or arenas again, merge several.",
    discussion: """
      Each FILE is a JSON report or an arena. In --report, '-' is standard output. Ends with 0, with 23 where findings \
      fail, with 125 where a FILE can't be read.
      """)

  @OptionGroup
  var options: ReportingOptions

  @Argument(help: ArgumentHelp("JSON reports, or arenas.", valueName: "file"), completion: .file())
  var files: [String]

  mutating func run() throws {
    ignoreSignalsOfWriting()
    let writer = try ReportWriter(options, environment: ProcessEnvironment.current.values)
    let handling = try FindingHandling(options, today: .today)
    let reports = try SavedReport.read(files)
    var report = reports.count == 1 ? reports[0] : Report.joining(reports)
    handling.apply(to: &report)
    if reports.count > 1 { report.mergeEqualFindings() }
    try writer.write(report.redacted(options.redactions))
    throw ExitCode(
      ExitStatus.ofRun(
        .exited(0), failing: failing(report, failOn: options.failOn.level), leakStatus: options.leakStatus))
  }
}
