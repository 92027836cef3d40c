// The status of a run is the program's own, by whatever way it ends: its end is tried alone and under the command line.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite(.timeLimit(.minutes(3))) struct WaysOutTests {
  /// By signal: with the status that a shell gives it.
  static let deaths: [String: Int32] = [
    "asserted": SIGABRT, "aborted": SIGABRT, "terminated": SIGTERM, "interrupted": SIGINT, "quit": SIGQUIT,
    "hung_up": SIGHUP, "by_alarm": SIGALRM, "by_pipe": SIGPIPE, "by_user": SIGUSR1,
    // glibc keeps two real-time signals for itself: SIGRTMIN is 34.
    "by_real_time": 34 + 3, "by_system_call": SIGSYS, "killed": SIGKILL, "wrote_to_nothing": SIGSEGV,
    "divided": SIGFPE, "beyond_the_file": SIGBUS, "trapped": SIGILL, "overflowed": SIGSEGV,
  ]
  static let statuses: [String: Int] = [
    "large_status": 3, "negative_status": 255, "callbacks": 4, "quick_callbacks": 5, "quick_callback_ends": 9,
    "callback_ends_at_once": 9, "callback_ends_anew": 10, "raw": 6, "on_its_own_stack": 20 + Int(SIGSEGV),
    "handler_exits": 20 + Int(SIGTERM), "handler_exits_quickly": 20 + Int(SIGINT), "from_thread": 11,
    "at_once_while_main_exits": 12, "main_leaves": 0, "executes": 13, "executes_from_thread": 13, "amid_creations": 14,
    "jumped_out_of_a_fault": 15, "buffered": 0,
  ]

  private func expectStatus(_ status: Int, _ way: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let alone = try runProgram(TestPrograms.waysOut, [way])
    let run = try straggler("run", "--fail-on", "never", "--report", "text=/dev/null", "--", TestPrograms.waysOut, way)
    #expect(run.end == .status(status), "\(run.errorOutput)", sourceLocation: sourceLocation)
    #expect(run.output == alone.output, sourceLocation: sourceLocation)
    #expect(run.errorOutput == alone.errorOutput, sourceLocation: sourceLocation)
  }

  @Test(arguments: deaths) func aDeathBySignalIsAShellsStatusOfIt(way: (key: String, value: Int32)) throws {
    #expect(try runProgram(TestPrograms.waysOut, [way.key]).end == .signal(Int(way.value)))
    try expectStatus(128 + Int(way.value), way.key)
  }

  @Test(arguments: statuses) func aStatusIsPassedOn(way: (key: String, value: Int)) throws {
    try expectStatus(way.value, way.key)
  }

  /// A leak changes no status but 0.
  @Test(arguments: ["interrupted": 130, "killed": 137, "aborted": 134, "underscored": 3, "in-callback": 8])
  func whatWasAbandonedIsReportedBesideTheProgramsOwnStatus(way: (key: String, value: Int)) throws {
    let (result, report) = try run(way.key)
    #expect(result.end == .status(way.value))
    let finding = try #require(report.findings.first { $0.rule == .abandonedLock })
    #expect(finding.thread?.identity.name == "holder" && finding.resource?.name == "m")
  }

  @Test(arguments: ["both-exit", "both-underscore-exit", "one-of-each"])
  func ofTwoThreadsThatEndTheProcessTheStatusIsThatOfOne(way: String) throws {
    let (result, report) = try run(way)
    let status = try #require(report.process?.exit.status)
    #expect([5, 6].contains(status))
    #expect(result.end == .status(Int(status)))
    #expect(report.findings.contains { $0.rule == .abandonedLock && $0.thread?.identity.name == "holder" })
  }

  private func run(_ way: String) throws -> (CommandResult, Report) {
    let path = TestPrograms.freshPath("end.json")
    let result = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.exits, way)
    return (result, try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))))
  }
}
