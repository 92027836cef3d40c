// Threads that the recorder's signal may not reach: the command line stops and copies them, and they are reported like others.

internal import Foundation
internal import StragglerAnalysis
internal import StragglerModel
internal import StragglerProcesses
internal import StragglerReports
internal import Testing

@Suite(.timeLimit(.minutes(3))) struct OutsideStopTests {
  @Test func whereAThreadStandsThatHasNoRoomForASignalIsReported() throws {
    let path = TestPrograms.freshPath("deep.json")
    let result = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.deep)
    #expect(result.end == .status(23), "\(result.errorOutput)")
    let report = try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    let finding = try #require(report.findings.first { $0.rule == .abandonedLock })
    // Its stack is larger than what is copied of one.
    #expect(finding.stopped?.frames.first?.function == "run_deep")
    #expect(report.unseen.isEmpty)
  }
}
