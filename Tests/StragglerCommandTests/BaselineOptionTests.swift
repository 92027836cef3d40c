// `--baseline`, `--redact` and merging, from outside.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite struct BaselineOptionTests {
  private func report(_ path: String) throws -> Report {
    try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// As the text report shows a path in the folder that it is made in.
  private func name(_ path: String) -> String { String(path.dropFirst(TestPrograms.folder.count + 1)) }

  /// Runs the leaking program, and returns the path of its report.
  private func leakReport() throws -> String {
    let path = TestPrograms.freshPath("known.json")
    _ = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.leak)
    return path
  }

  @Test func whatIsKnownPassesAndWhatIsNewFails() throws {
    let known = try leakReport()
    let passed = try straggler("run", "--baseline", known, "--fail-on", "note", "--", TestPrograms.leak)
    #expect(passed.end == .status(0))
    #expect(passed.errorOutput.contains("baseline: \(name(known)) knows 1, 0 are new\n"))
    let clean = TestPrograms.freshPath("clean.json")
    _ = try straggler("run", "--report", "json=\(clean)", "--", TestPrograms.clean)
    let failed = try straggler("run", "--baseline", clean, "--", TestPrograms.leak)
    #expect(failed.end == .status(23))
    #expect(failed.errorOutput.contains("knows 0, 1 is new"))
  }

  @Test func aSecondLeakOfTheSameKindIsNew() throws {
    let known = try leakReport()
    let two = ["/bin/sh", "-c", "\(TestPrograms.leak); \(TestPrograms.leak); exit 0"]
    let result = try runProgram(TestPrograms.straggler, ["run", "--baseline", known, "--"] + two)
    #expect(result.end == .status(23))
    #expect(result.errorOutput.contains("knows 1, 1 is new"))
    let one = ["/bin/sh", "-c", "\(TestPrograms.leak); exit 0"]
    #expect(try runProgram(TestPrograms.straggler, ["run", "--baseline", known, "--"] + one).end == .status(0))
  }

  @Test func shardsAndMergedReportsHaveBaselinesToo() throws {
    let known = try leakReport()
    let merged = TestPrograms.freshPath("merged.json")
    #expect(try straggler("report", "--baseline", known, known, known).end == .status(0))
    _ = try straggler("report", "--report", "json=\(merged)", known, known)
    #expect(try straggler("run", "--baseline", merged, "--", TestPrograms.leak).end == .status(0))
    #expect(try straggler("report", "--baseline", merged, merged).end == .status(0))
  }

  @Test(arguments: [
    ("{\"schemaVersion\": 2}", "written by a newer straggler: schema version 2, this one knows 1; update straggler"),
    ("{\"findings\": []}", "no report"), ("{\"schemaVersion\": 1, \"to", "truncated"), ("", "truncated"),
  ])
  func aBaselineThatIsNoneIsSaidBeforeTheProgramRuns(text: String, problem: String) throws {
    let path = TestPrograms.freshPath("wrong.json")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let result = try straggler("run", "--baseline", path, "--", "/bin/echo", "ran")
    #expect(result.end == .status(125))
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.errorOutput.hasPrefix("straggler: the baseline \(path): "), "\(result.errorOutput)")
    #expect(result.errorOutput.contains(problem), "\(result.errorOutput)")
  }

  @Test func reportsOfDifferentVersionsAreNotMerged() throws {
    let known = try leakReport()
    let newer = TestPrograms.freshPath("newer.json")
    let text = try String(contentsOfFile: known, encoding: .utf8)
    try text.replacing("\"schemaVersion\": 1", with: "\"schemaVersion\": 2")
      .write(toFile: newer, atomically: true, encoding: .utf8)
    let result = try straggler("report", known, newer)
    #expect(result.end == .status(125))
    #expect(result.lines.count == 1)
    #expect(result.errorOutput.hasPrefix("straggler: \(newer): written by a newer straggler"), "\(result.errorOutput)")
  }

  @Test func aReportThatCannotBeWrittenIsSaidBeforeTheProgramRuns() throws {
    let result = try straggler("run", "--report", "json=/no/such/report.json", "--", "/bin/echo", "ran")
    #expect(result.end == .status(125))
    #expect(result.output.isEmpty)
  }

  // MARK: Secrets
  /// Everything that is ever written of a run.
  private func everything(_ options: [String], environment: [String: String]) throws -> String {
    let files = ["text", "json", "sarif", "junit", "github", "markdown", "html"].map {
      ($0, TestPrograms.freshPath($0))
    }
    let reports = files.flatMap { ["--report", "\($0)=\($1)"] }
    let result = try runProgram(
      TestPrograms.straggler,
      ["run"] + options + ["--report", "text"] + reports + ["--", TestPrograms.leak, "0", "hunter2"],
      environment: environment)
    #expect(result.end == .status(23))
    return try result.errorOutput + files.map { try String(contentsOfFile: $0.1, encoding: .utf8) }.joined()
  }

  @Test func nothingOfTheEnvironmentIsInAReport() throws {
    let text = try everything([], environment: ["SECRET_TOKEN": "xyzzy-plugh"])
    #expect(!text.contains("SECRET_TOKEN") && !text.contains("xyzzy-plugh"))
    #expect(!text.contains("LD_PRELOAD") && !text.contains("STRAGGLER_SOCKET"))
  }

  @Test func argumentsAndPathsCanBeLeftOut() throws {
    #expect(try everything([], environment: [:]).contains("hunter2"))
    #expect(try !everything(["--redact", "arguments"], environment: [:]).contains("hunter2"))
    let text = try everything(["--redact", "arguments", "--redact", "paths"], environment: [:])
    #expect(!text.contains("hunter2") && !text.contains(TestPrograms.folder) && !text.contains("Programs/"))
    #expect(text.contains("leak.c") && text.contains("journal"))
  }

  /// A file of the same name is not the program's.
  @Test func withoutItsFolderNoSourceIsShown() throws {
    let folder = TestPrograms.freshPath("elsewhere")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let lines = String(repeating: "xyzzy\n", count: 100)
    try lines.write(toFile: folder + "/leak.c", atomically: true, encoding: .utf8)
    let result = try runProgram(
      "/usr/bin/env", ["-C", folder, TestPrograms.straggler, "run", "--redact", "paths", "--", TestPrograms.leak])
    #expect(result.end == .status(23))
    #expect(result.errorOutput.contains("leak.c:") && !result.errorOutput.contains("xyzzy"))
  }
}
