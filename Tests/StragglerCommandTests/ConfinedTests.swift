// Programs that confine themselves by seccomp: ours is not the call that ends them, and what they leave is still seen.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite(.timeLimit(.minutes(3))) struct ConfinedTests {
  static let filters = ["kill", "trap", "errno"].flatMap { otherwise in
    [["prctl", "alone"], ["syscall", "alone"], ["syscall", "all"]].map { [otherwise] + $0 }
  }
  static let ways = ["prctl", "syscall", "prctl-by-number"]
  /// Ways to end through libc, where the other threads are stopped and copied from outside.
  static let endings = [
    "return", "exit", "_exit", "quick_exit", "from-thread", "late-thread", "many-locks", "fork", "after-clone",
    "close-semaphore", "exec-fails", "from-flush", "amid-a-call",
  ]

  private func run(_ arguments: String...) throws -> (CommandResult, Report) { try run(arguments) }

  private func run(_ filter: [String], _ ending: String...) throws -> (CommandResult, Report) {
    let path = TestPrograms.freshPath("confined.json")
    let result = try runProgram(
      TestPrograms.straggler, ["run", "--report", "json=\(path)", "--", TestPrograms.confined] + filter + ending)
    return (result, try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))))
  }

  @Test(arguments: filters, endings)
  func aConfinedProgramEndsAsItDoesAloneAndItsThreadsAreStopped(filter: [String], ending: String) throws {
    #expect(try runProgram(TestPrograms.confined, filter + [ending]).end == .status(3))
    let (result, report) = try run(filter, ending)
    #expect(result.end == .status(3), "\(result.errorOutput)")
    let finding = try #require(report.findings.first { $0.rule == .abandonedLock })
    #expect(finding.resource?.name == "journal")
    #expect(finding.acquired?.frames.first?.function == "hold")
    #expect(finding.stopped?.complete == true)
    #expect(finding.stopped?.frames.contains { $0.function == "hold" } == true)
    #expect(report.unseen.contains { $0.contains("seccomp") })
    #expect(report.lost == 0)
  }

  /// Nobody notes that they confine themselves: their process is not the recorded one.
  @Test func childrenWithoutARecordThatConfineThemselvesAreNotHarmed() throws {
    let alone = try runProgram(TestPrograms.confinedChildren, [])
    let result = try straggler("run", "--report", "text=/dev/null", "--", TestPrograms.confinedChildren)
    #expect(result.end == .status(0))
    #expect(result.output == alone.output)
    #expect(result.output == "vfork ended 3\nvfork and exec ended 1\nraw fork ended 5\nraw fork and exec ended 1\n")
  }

  /// libc's prctl takes the other way.
  @Test(arguments: ["kill", "trap", "errno"], ["many-locks", "_exit"])
  func aFilterThatIsInstalledByTheCallsNumberIsSeen(otherwise: String, ending: String) throws {
    let (result, report) = try run([otherwise, "prctl-by-number", "alone"], ending)
    #expect(result.end == .status(3), "\(result.errorOutput)")
    #expect(report.findings.contains { $0.rule == .abandonedLock })
    #expect(report.unseen.contains { $0.contains("seccomp") })
  }

  @Test(arguments: ways) func aThreadInStrictModeIsNotHarmed(how: String) throws {
    #expect(try runProgram(TestPrograms.confined, ["strict", how]).end == .status(3))
    #expect(try run("strict", how).0.end == .status(3))
  }

  @Test func aFilterThatTheKernelRefusesChangesNothing() throws {
    let (result, report) = try run("refused")
    #expect(result.end == .status(3), "\(result.errorOutput)")
    #expect(report.findings.contains { $0.rule == .abandonedLock && $0.stopped?.complete == true })
    #expect(report.lost == 0 && !report.unseen.contains { $0.contains("seccomp") }, "\(report.unseen)")
  }

  /// Its entry would lie in memory that was not taken before.
  @Test(arguments: filters) func whatFindsNoRoomIsCounted(filter: [String]) throws {
    let (result, report) = try run(filter, "high-descriptor")
    #expect(result.end == .status(3))
    #expect(report.lost == 1)
  }

  /// The call that ends the process passes by libc: then only the record speaks.
  @Test(arguments: filters) func anExitPastLibcIsNotHarmed(filter: [String]) throws {
    let (result, report) = try run(filter, "raw")
    #expect(result.end == .status(3))
    #expect(report.findings.contains { $0.rule == .abandonedLock })
  }

  /// Its recorder does not know what it may ask for: it is not observed, which is said, and comes to no harm.
  @Test func aProgramThatASandboxExecutesIsNotHarmed() throws {
    #expect(try runProgram(TestPrograms.sandbox, [TestPrograms.leak, "6"]).end == .status(6))
    let result = try straggler("run", "--", TestPrograms.sandbox, TestPrograms.leak, "6")
    #expect(result.end == .status(125))
    #expect(result.lines.count == 1)
    #expect(result.errorOutput.contains("ended with status 6"))
    let child = "\(TestPrograms.sandbox) /bin/echo hello; exit 0"
    let nested = try straggler("run", "--report", "text=/dev/null", "--", "/bin/sh", "-c", child)
    #expect(nested.end == .status(0))
    #expect(nested.output == "hello\n")
  }

  /// A filter that was there before leaves the recorder what it needs, or nothing would have been started.
  @Test func aProgramThatIsNotConfinedIsStoppedFromWithin() throws {
    let path = TestPrograms.freshPath("free.json")
    _ = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.leak)
    let report = try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(!report.unseen.contains { $0.contains("seccomp") })
  }
}
