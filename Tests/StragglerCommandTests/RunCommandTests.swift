// `straggler run`, from outside: real programs, the real recorder, the real executable.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite struct RunCommandTests {
  private func report(_ path: String) throws -> Report {
    try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  @Test func aLeakFailsTheRunAndIsReportedOnStandardError() throws {
    let result = try straggler("run", "--", TestPrograms.leak)
    #expect(result.end == .status(23))
    #expect(result.output.isEmpty)
    #expect(result.errorOutput.contains("\"writer\" was abandoned holding lock \"journal\" [abandoned-lock]"))
  }

  @Test func aCleanProgramPasses() throws {
    let path = TestPrograms.freshPath("clean.json")
    let result = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.clean)
    #expect(result.end == .status(0))
    #expect(result.errorOutput.isEmpty)
    let report = try report(path)
    #expect(report.findings.isEmpty)
    #expect(report.children.isEmpty)
    #expect(report.lost == 0)
  }

  @Test(arguments: [1, 23, 99, 200])
  func theProgramsOwnStatusWins(status: Int) throws {
    #expect(try straggler("run", "--", TestPrograms.leak, "\(status)").end == .status(status))
    #expect(try straggler("run", "--", TestPrograms.clean, "\(status)").end == .status(status))
  }

  @Test func whatFailsARunCanBeChosen() throws {
    #expect(try straggler("run", "--fail-on", "never", "--", TestPrograms.leak).end == .status(0))
    #expect(try straggler("run", "--leak-status", "99", "--", TestPrograms.leak).end == .status(99))
    #expect(try straggler("run", "--fail-on", "note", "--", TestPrograms.clean).end == .status(0))
  }

  @Test func theReportNamesTheProcessAndTheLock() throws {
    let path = TestPrograms.freshPath("leak.json")
    _ = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.leak)
    let report = try report(path)
    #expect(report.process?.executable == TestPrograms.leak)
    #expect(report.process?.exit.kind == .return)
    #expect(report.process?.exit.status == 0)
    let finding = try #require(report.findings.first { $0.rule == .abandonedLock })
    #expect(finding.resource?.name == "journal")
    #expect(finding.acquired?.frames.first?.function == "write_journal")
  }

  @Test func aChildsLeakFailsTheRunAndStandsUnderTheProgram() throws {
    let path = TestPrograms.freshPath("children.json")
    let command = "\(TestPrograms.leak); exit 0"
    #expect(try straggler("run", "--report", "json=\(path)", "--", "/bin/sh", "-c", command).end == .status(23))
    let report = try report(path)
    #expect(report.findings.isEmpty)
    #expect(report.children.map { $0.process?.executable } == [TestPrograms.leak])
    #expect(report.children.first?.findings.map(\.rule).contains(.abandonedLock) == true)
  }

  @Test func childrenThatDontCountDontFailTheRun() throws {
    let command = ["/bin/sh", "-c", "\(TestPrograms.leak); exit 0"]
    for option in [["--no-children"], ["--ignore", "*leak"], ["--only", "sh"]] {
      let result = try runProgram(TestPrograms.straggler, ["run"] + option + ["--"] + command)
      #expect(result.end == .status(0), "\(option)")
    }
  }

  @Test(arguments: [(["--ignore", "*leak"], Uncounted.ignore), (["--only", "sh"], .only)])
  func aProgramThatDoesNotCountSaysSo(options: [String], reason: Uncounted) throws {
    let path = TestPrograms.freshPath("\(reason).json")
    let run = ["run", "--report", "json=\(path)", "--report", "text"] + options
    let result = try runProgram(TestPrograms.straggler, run + ["--", TestPrograms.leak])
    #expect(result.end == .status(0))
    #expect(result.errorOutput.contains("returned 0; whatever it left behind does not count, "))
    let report = try report(path)
    #expect(report.findings.isEmpty)
    #expect(report.process?.uncounted == reason)
    #expect(report.unseen.contains { $0.contains("--\(reason)") })
  }

  /// The inner run speaks of its program, once; to the outer one it is a program that left nothing and returned 23.
  @Test func aRunWithinARunReportsOnceAndItsStatusPassesUp() throws {
    let inner = TestPrograms.freshPath("inner.json")
    let outer = TestPrograms.freshPath("outer.json")
    let result = try straggler(
      "run", "--report", "json=\(outer)", "--", TestPrograms.straggler, "run", "--report", "json=\(inner)", "--",
      TestPrograms.leak)
    #expect(result.end == .status(23))
    #expect(result.errorOutput.isEmpty)
    #expect(try report(inner).findings.contains { $0.rule == .abandonedLock })
    #expect(try report(outer).findings.isEmpty && report(outer).children.isEmpty)
    #expect(try report(outer).process?.exit.status == 23)
  }

  @Test func theLastImageOfAnExecIsTheProcess() throws {
    let path = TestPrograms.freshPath("exec.json")
    let result = try straggler("run", "--report", "json=\(path)", "--", "/usr/bin/env", "X=1", TestPrograms.leak)
    #expect(result.end == .status(23))
    #expect(try report(path).process?.executable == TestPrograms.leak)
  }

  @Test func anImageThatCannotBeObservedIsNotPassedOver() throws {
    let result = try straggler("run", "--", "/usr/bin/env", "-i", TestPrograms.leak)
    #expect(result.end == .status(125))
    #expect(result.lines.count == 1)
    #expect(result.errorOutput.contains("the recorder did not attach"))
  }

  @Test(.timeLimit(.minutes(5)))
  func aDeadlockedExitIsEndedAtOnceAndReported() throws {
    let path = TestPrograms.freshPath("deadlock.json")
    let result = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.deadlock)
    #expect(result.end == .status(23))
    let report = try report(path)
    #expect(report.process?.exit.kind == .stalled)
    #expect(report.findings.contains { $0.rule == .deadlockedExit })
    #expect(!report.findings.contains { $0.rule == .stalledExit })
  }

  @Test func severalReportsAreWrittenTogether() throws {
    let json = TestPrograms.freshPath("both.json")
    let text = TestPrograms.freshPath("both.txt")
    let result = try straggler(
      "run", "--report", "json=\(json)", "--report", "text=\(text)", "--report", "text", "--", TestPrograms.leak)
    #expect(result.end == .status(23))
    #expect(try String(contentsOfFile: text, encoding: .utf8) == result.errorOutput)
    #expect(try !report(json).findings.isEmpty)
    #expect(!result.errorOutput.contains("\u{1b}"))
  }

  @Test func whatWasPreloadedBeforeStaysInForce() throws {
    let result = try straggler(
      "run", "--no-children", "--", "/bin/sh", "-c", "echo $LD_PRELOAD",
      environment: ["LD_PRELOAD": "/lib/x86_64-linux-gnu/libm.so.6"])
    #expect(result.output.hasSuffix("libStragglerPreload.so:/lib/x86_64-linux-gnu/libm.so.6\n"))
  }

  @Test func theProgramInheritsWhatStragglerWasStartedWithAndNothingMore() throws {
    let shell = "ulimit -n 512; exec 5</dev/null; exec env --ignore-signal=CHLD --ignore-signal=PIPE \"$@\""
    let alone = try runProgram("/bin/sh", ["-c", shell, "sh", TestPrograms.inherited])
    let observed = try runProgram(
      "/bin/sh", ["-c", shell, "sh", TestPrograms.straggler, "run", "--", TestPrograms.inherited])
    #expect(alone.output.contains("open 5\n") && alone.output.contains("ignored 17\n"))
    #expect(alone.output.contains("limit 512\n"))
    #expect(observed.output == alone.output)
    #expect(observed.end == .status(0))
  }

  @Test func savedReportsAreRenderedAgainAndMerged() throws {
    let leak = TestPrograms.freshPath("saved-leak.json")
    let clean = TestPrograms.freshPath("saved-clean.json")
    let first = try straggler("run", "--report", "json=\(leak)", "--report", "text", "--", TestPrograms.leak)
    _ = try straggler("run", "--report", "json=\(clean)", "--", TestPrograms.clean)
    let again = try straggler("report", leak)
    #expect(again.end == .status(23))
    #expect(again.errorOutput == first.errorOutput)
    #expect(try straggler("report", clean).end == .status(0))
    let merged = try straggler("report", "--report", "json=-", leak, clean, leak)
    #expect(merged.end == .status(23))
    let report = try JSONReport.decode(Array(merged.output.utf8))
    #expect(report.process == nil)
    #expect(report.children.count == 3)
    #expect(report.children.first?.findings.first?.count == 2)
  }

  @Test func aTruncatedReportIsAMistake() throws {
    let path = TestPrograms.freshPath("whole.json")
    _ = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.leak)
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    let cut = TestPrograms.freshPath("cut.json")
    try String(whole.prefix(whole.count / 2)).write(toFile: cut, atomically: true, encoding: .utf8)
    let result = try straggler("report", cut)
    #expect(result.end == .status(125))
    #expect(result.lines.count == 1)
  }
}
