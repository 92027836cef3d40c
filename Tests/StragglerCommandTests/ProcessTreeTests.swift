// Runs of many processes: what each of them abandoned is its own, whoever made it and whatever it was started through.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite struct ProcessTreeTests {
  private func report(_ path: String) throws -> Report {
    try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// The report's processes, the program first.
  private func processes(_ report: Report) -> [Report] { [report] + report.children.flatMap(processes) }

  /// The names of the threads that were abandoned with a lock.
  private func holders(_ report: Report) -> [String] {
    report.findings.filter { $0.rule == .abandonedLock }.compactMap(\.thread?.identity.name)
  }

  @Test func everyChildOfEveryMakingHasAPartOfItsOwn() throws {
    let path = TestPrograms.freshPath("tree.json")
    let ways = ["fork", "spawn", "system", "popen"]
    let arguments = ["run", "--report", "json=\(path)", "--report", "text", "--", TestPrograms.tree, "parent"] + ways
    let result = try runProgram(TestPrograms.straggler, arguments)
    #expect(result.end == .status(23))
    let report = try report(path)
    #expect(holders(report) == ["parent"])
    let children = Array(processes(report).dropFirst())
    #expect(
      children.map(holders).sorted { $0.description < $1.description } == (ways + ["grandchild"]).sorted().map { [$0] })
    #expect(children.allSatisfy { $0.process?.executable == TestPrograms.tree && $0.findings.count == 1 })
    #expect(Set(processes(report).compactMap(\.process?.pid)).count == ways.count + 2)
    for name in ["parent", "grandchild"] + ways {
      #expect(
        result.lines.filter { $0.contains("thread \"\(name)\" was abandoned holding lock \"journal\"") }.count == 1)
    }
  }

  @Test(arguments: [
    ["timeout", "60"], ["env", "-u", "NOTHING"], ["nice", "-n", "1"], ["timeout", "60", "nice", "env"],
  ])
  func aProgramBehindAWrapperIsTheOneToBlame(wrapper: [String]) throws {
    let path = TestPrograms.freshPath("wrapped.json")
    let command = ["/usr/bin/" + wrapper[0]] + wrapper.dropFirst() + [TestPrograms.leak]
    let result = try runProgram(TestPrograms.straggler, ["run", "--report", "json=\(path)", "--"] + command)
    #expect(result.end == .status(23), "\(result.errorOutput)")
    let all = processes(try report(path))
    let blamed = all.filter { !$0.findings.isEmpty }
    #expect(blamed.map { $0.process?.executable } == [TestPrograms.leak])
    #expect(blamed.map(holders) == [["writer"]])
    #expect(all.allSatisfy { $0.unseen.isEmpty && $0.lost == 0 })
  }

  @Test func aWrappersOwnStatusIsTheRuns() throws {
    let result = try straggler("run", "--", "/usr/bin/timeout", "60", TestPrograms.leak, "7")
    #expect(result.end == .status(7))
    #expect(result.errorOutput.contains("\"writer\" was abandoned holding lock \"journal\" [abandoned-lock]"))
  }
}
