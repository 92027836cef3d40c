// `--suppressions` and the text that a program brings along, from outside.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite struct SuppressionOptionTests {
  private func file(_ text: String, _ name: String = "app.supp") throws -> String {
    let path = TestPrograms.freshPath(name)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// As the text report shows a path in the folder that it is made in.
  private func name(_ path: String) -> String { String(path.dropFirst(TestPrograms.folder.count + 1)) }

  private func report(_ path: String) throws -> Report {
    try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  @Test func aSuppressedLeakPassesAndTheReportSaysWhatHidIt() throws {
    let json = TestPrograms.freshPath("suppressed.json")
    let used = try file("abandoned-lock thread=writer resource=journal reason=\"ends with the process\"\n")
    let others = try file("orphaned-lock reason=x\nabandoned-lock until=2001-01-01 reason=\"then\"\n", "other.supp")
    let result = try straggler(
      "run", "--suppressions", used, "--suppressions", others, "--report", "text", "--report", "json=\(json)", "--",
      TestPrograms.leak)
    #expect(result.end == .status(0))
    #expect(result.errorOutput.contains("suppressed: 1 finding by \(name(used)):1 (ends with the process)\n"))
    #expect(result.errorOutput.contains("expired: \(name(others)):2 ended on 2001-01-01\n"))
    #expect(result.errorOutput.contains("matched nothing: \(name(others)):1\n"))
    #expect(result.errorOutput.contains("left nothing behind but what 1 suppressed finding tells"))
    let report = try report(json)
    #expect(report.findings.allSatisfy { $0.rule != .abandonedLock })
    #expect(report.suppressed.map(\.rule) == [.abandonedLock])
    #expect(report.suppressions.map(\.state) == [.used, .unused, .expired])
  }

  @Test func anExpiredSuppressionHidesNothing() throws {
    let ended = try file("abandoned-lock until=2001-01-01 reason=x")
    let result = try straggler("run", "--suppressions", ended, "--", TestPrograms.leak)
    #expect(result.end == .status(23))
    #expect(result.errorOutput.contains("expired: \(name(ended)):1 ended on 2001-01-01; 1 finding counts again"))
  }

  @Test func aLeakSanitizerFileIsUnderstood() throws {
    let lines = try file("# a vendor's\nleak:write_journal\n", "lsan.supp")
    #expect(try straggler("run", "--suppressions", lines, "--", TestPrograms.leak).end == .status(0))
  }

  @Test func aLeakOfAChildIsSuppressedToo() throws {
    let lines = try file("* resource=journal reason=x")
    let command = ["/bin/sh", "-c", "\(TestPrograms.leak); exit 0"]
    let result = try runProgram(TestPrograms.straggler, ["run", "--suppressions", lines, "--"] + command)
    #expect(result.end == .status(0), "\(result.errorOutput)")
  }

  @Test func savedReportsAreSuppressedLikeNewOnes() throws {
    let json = TestPrograms.freshPath("saved.json")
    _ = try straggler("run", "--report", "json=\(json)", "--", TestPrograms.leak)
    let lines = try file("leak:write_journal")
    #expect(try straggler("report", json).end == .status(23))
    #expect(try straggler("report", "--suppressions", lines, json).end == .status(0))
    #expect(try straggler("report", "--suppressions", lines, json, json).end == .status(0))
  }

  @Test func aMistakeIsSaidBeforeTheProgramRuns() throws {
    let wrong = try file("\nabandoned-lock tread=x reason=y")
    for arguments in [["--suppressions", wrong], ["--suppressions", "/no/such.supp"], ["--suppressions", "/tmp"]] {
      let result = try runProgram(TestPrograms.straggler, ["run"] + arguments + ["--", "/bin/echo", "ran"])
      #expect(result.end == .status(125))
      #expect(result.output.isEmpty)
      #expect(result.lines.count == 1, "\(result.errorOutput)")
    }
    let result = try straggler("run", "--suppressions", wrong, "--", "/bin/true")
    #expect(result.errorOutput.hasPrefix("straggler: \(wrong):2:16: unknown key \"tread=\""))
  }

  @Test func aReportMustNotReplaceThem() throws {
    let lines = try file("* resource=journal reason=x\n")
    let link = TestPrograms.freshPath("link.supp")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: lines)
    for target in [lines, link] {
      let result = try straggler(
        "run", "--suppressions", lines, "--report", "json=\(target)", "--", TestPrograms.leak)
      #expect(result.end == .status(125))
      #expect(result.lines.count == 1 && result.errorOutput.contains("the suppressions"), "\(result.errorOutput)")
    }
    #expect(try String(contentsOfFile: lines, encoding: .utf8) == "* resource=journal reason=x\n")
  }

  @Test func aLinkedProgramTakesThemFromTheEnvironment() throws {
    let lines = try file("* resource=journal reason=x")
    func end(_ options: String) throws -> CommandResult {
      try runProgram(
        TestPrograms.linkedLeak, [],
        environment: ["STRAGGLER_OPTIONS": options, "STRAGGLER_RENDERER": TestPrograms.straggler])
    }
    #expect(try end("").end == .status(23))
    #expect(try end("--suppressions \(lines)").end == .status(0))
    let wrong = try end("--suppressions /no/such.supp")
    #expect(wrong.end == .status(23))
    #expect(wrong.errorOutput.contains("the suppressions /no/such.supp can't be read: No such file or directory"))
  }

  // MARK: The program's own

  @Test func aProgramBringsItsSuppressionsAlong() throws {
    #expect(try straggler("run", "--", TestPrograms.suppressed).end == .status(0))
    #expect(try straggler("run", "--", TestPrograms.suppressedLinked).end == .status(0))
    let alone = try runProgram(
      TestPrograms.suppressedLinked, [], environment: ["STRAGGLER_RENDERER": TestPrograms.straggler])
    #expect(alone.end == .status(0), "\(alone.errorOutput)")
    #expect(alone.errorOutput.contains("suppressed: 1 finding by straggler_default_suppressions:1 (it is known)"))
  }

  /// A preloaded recorder can't see what the program keeps for itself; a linked one can.
  @Test func aFunctionThatIsNotExportedIsNotFound() throws {
    #expect(try straggler("run", "--", TestPrograms.suppressedUnexported).end == .status(23))
  }

  @Test func aForkedChildKeepsThem() throws {
    let json = TestPrograms.freshPath("fork.json")
    let result = try straggler("run", "--report", "json=\(json)", "--", TestPrograms.suppressed, "fork")
    #expect(result.end == .status(0))
    let report = try report(json)
    #expect(report.children.map { $0.suppressed.map(\.rule) } == [[.abandonedLock]])
    #expect(report.suppressions.map(\.count) == [1, 0])
  }

  @Test func ofATextThatIsTooLongWholeLinesHold() throws {
    let json = TestPrograms.freshPath("cut.json")
    #expect(try straggler("run", "--report", "json=\(json)", "--", TestPrograms.suppressed, "cut").end == .status(0))
    #expect(try report(json).unseen.contains { $0.contains("it is too long") })
  }

  @Test func aTextThatCannotBeReadHidesNothing() throws {
    let result = try straggler("run", "--", TestPrograms.suppressed, "wrong")
    #expect(result.end == .status(23))
    #expect(result.errorOutput.contains("straggler_default_suppressions:1:32: the reason is missing"))
  }
}
