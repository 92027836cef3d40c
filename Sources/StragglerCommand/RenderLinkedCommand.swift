// `straggler render-linked`: what the recorder of a linked program that nobody observes starts after the freeze.

internal import ArgumentParser
internal import Glibc
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses

/// Not for people. Options come in STRAGGLER_OPTIONS; the status is the one that the program is to end with.
struct RenderLinkedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render-linked", abstract: "Render the report of a linked program.", shouldDisplay: false)

  /// Tells the recorder that there is no report: it then prints a plain one itself and keeps the program's status.
  static let unable = ExitCode(127)

  @Option(help: "The descriptor of the arena.")
  var arenaDescriptor: Int32?

  @Option(help: "The program's own status.")
  var status: Int32 = 0

  @Flag(help: "Only say what is wrong with STRAGGLER_OPTIONS.")
  var checkOptions = false

  mutating func run() throws {
    ignoreSignalsOfWriting()
    let environment = ProcessEnvironment.current.values
    if checkOptions {
      let options = try RunOptions.parse(environmentValue: environment["STRAGGLER_OPTIONS"] ?? "")
      _ = try ReportWriter(options.reporting, environment: environment)
      _ = try FindingHandling(options.reporting, today: .today)
      return
    }
    guard let descriptor = arenaDescriptor else { throw ValidationError("--arena-descriptor is missing") }
    do {
      throw ExitCode(try render(descriptor, Self.options(environment), environment))
    } catch let failure as CommandFailure {
      try? StandardStream.error.write("straggler: \(failure)\n")
      throw Self.unable
    } catch let failure as ArenaError {
      try? StandardStream.error.write("straggler: \(failure)\n")
      throw Self.unable
    }
  }

  /// A mistake in the options was said at the program's start, and ends nothing: then the usual ones hold.
  private static func options(_ environment: [String: String]) throws -> RunOptions {
    do {
      return try RunOptions.parse(environmentValue: environment["STRAGGLER_OPTIONS"] ?? "")
    } catch is CommandFailure {
      return try RunOptions.parse([])
    }
  }

  /// What can't be read suppresses nothing: the findings are worth more than the mistake.
  private static func handling(_ options: RunOptions) -> FindingHandling {
    do {
      return try FindingHandling(options.reporting, today: .today)
    } catch {
      try? StandardStream.error.write("straggler: \(error)\n")
      return FindingHandling()
    }
  }

  private func render(_ descriptor: Int32, _ options: RunOptions, _ environment: [String: String]) throws -> Int32 {
    let process = try ArenaReader.read(descriptor: descriptor, name: "of the linked program")
    let isStalled = process.exit.kind == .stalled
    let reporting = RunReporting(filter: options.filter, today: .today)
    var report = reporting.report(of: process, isStalled ? .forced(.stalled) : .exited(status))
    Self.handling(options).apply(to: &report)
    try ReportWriter(options.reporting, environment: environment)
      .write(report.redacted(options.reporting.redactions))
    return ExitStatus.ofRun(
      isStalled ? .forced(.stalled) : .exited(status),
      failing: failing(report, failOn: options.reporting.failOn.level), leakStatus: options.reporting.leakStatus)
  }
}
