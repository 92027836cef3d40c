// `straggler run`: observes a program, reports what it abandoned.

internal import ArgumentParser
internal import Glibc
internal import StragglerAnalysis
internal import StragglerProcesses

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Observe a program, report what it abandoned.",
    usage: "straggler run [options] -- PROGRAM [ARGUMENT...]",
    discussion: """
      The program runs as if straggler were not there: its standard streams, signals and job control are its own. \
      Ends with the program's status where it is not 0, with 23 where findings fail the run, with 125 where straggler \
      itself failed, with 126 or 127 where the program can't be observed or is not found.
      """)

  @OptionGroup
  var options: RunOptions

  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("The program and its arguments, behind '--'.", valueName: "program"),
    completion: .file())
  var command: [String] = []

  mutating func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("the program is missing: straggler run [options] -- PROGRAM [ARGUMENT...]")
    }
  }

  mutating func run() throws {
    let environment = ProcessEnvironment.current
    let program = try ObservableProgram(
      name: command[0], arguments: Array(command.dropFirst()), searchPath: environment.values["PATH"])
    let writer = try ReportWriter(options.reporting, environment: environment.values)
    let handling = try FindingHandling(options.reporting, today: .today)
    let observation = try ObservedRun.run(try request(program, environment))
    // Only now: the program was to inherit what we were started with.
    ignoreSignalsOfWriting()
    var report = try RunReporting(filter: options.filter, today: .today).report(of: observation)
    handling.apply(to: &report)
    try writer.write(report.redacted(options.reporting.redactions))
    throw ExitCode(
      ExitStatus.ofRun(
        observation.ending, failing: failing(report, failOn: options.reporting.failOn.level),
        leakStatus: options.reporting.leakStatus))
  }

  private func request(
    _ program: ObservableProgram, _ environment: ProcessEnvironment
  ) throws(ObservationError) -> ObservationRequest {
    var request = ObservationRequest(
      program: program, preload: try .beside(executable: ProcessEnvironment.executable),
      environment: environment.variables, temporaryFolder: environment.values["TMPDIR"] ?? "/tmp")
    let filter = options.filter
    request.observesChildren = !options.withoutChildren
    request.exitTimeout = options.exitTimeout
    request.keepsExecutable = filter.counts
    request.keepsImage = RunReporting.isWorthKeeping
    request.exitDeadlock = { process in
      exitDeadlock(in: process).map { deadlock in deadlock.links.flatMap { [$0.thread, $0.holder] } }
    }
    return request
  }
}
