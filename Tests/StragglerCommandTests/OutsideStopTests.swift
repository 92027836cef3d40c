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

  /// The recorder gives up after a second, and the command line after another one, however many threads and processes there are.
  /// Of processes it may come to one alone first, and then to the others.
  @Test(arguments: ["unstoppable", "vfork-parents", "vfork-parents-in-children"])
  func threadsThatNothingStopsHoldTheExitUpForTwoSeconds(scenario: String) throws {
    let result = try straggler("run", "--report", "text=/dev/null", "--", TestPrograms.masks, scenario)
    let line = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("milliseconds ") })
    #expect(try #require(Int(line.dropFirst("milliseconds ".count))) < 4500)
  }

  @Test func ofALargeStackTheInnermostFramesAreThereAndItIsSaidThatOthersAreNot() throws {
    let path = TestPrograms.freshPath("large.json")
    _ = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.stacks, "large-frames")
    let report = try JSONReport.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    let large = try #require(report.findings.first { $0.thread?.identity.name == "large" }?.stopped)
    #expect(!large.complete)
    #expect(large.frames.map(\.function).contains("with_large_frames"))
    let small = try #require(report.findings.first { $0.thread?.identity.name == "small" }?.stopped)
    #expect(small.complete)
  }
}
