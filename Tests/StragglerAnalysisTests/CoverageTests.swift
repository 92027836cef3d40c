// What is said about what could not be seen.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct CoverageTests {
  private func unseen(_ paths: [String]) -> [String] {
    let modules = paths.map { Module(path: $0, bias: 0, range: 0..<1, buildID: []) }
    return report(sampleProcess([exitingThread()], modules: modules)).unseen
  }

  @Test func swiftsMutexIsABlindSpotWhereItIsLoaded() {
    #expect(
      unseen(["/usr/lib/swift/linux/libswiftSynchronization.so"]) == [
        "Synchronization.Mutex: uncontended use makes no library call"
      ])
  }

  @Test(arguments: ["/usr/lib/libpython3.13.so.1.0", "/usr/bin/python3.14"])
  func pythonsOwnLocksAreABlindSpot(path: String) {
    #expect(unseen([path]).count == 1)
  }

  @Test(arguments: ["/usr/lib/libpython3.11.so.1.0", "/usr/bin/python3.9", "/usr/lib/libswiftCore.so", "/bin/cat"])
  func otherModulesAreNone(path: String) {
    #expect(unseen([path]).isEmpty)
  }

  @Test func threadsThatCouldNotBeStoppedAreNamed() {
    let stuck = thread(2, "deaf") { $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: nil) }
    let lines = report(sampleProcess([exitingThread(), stuck])).unseen
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("where thread \"deaf\" (2) stood: ") == true)
  }

  @Test func aKilledProcessSaysThatNothingWasStopped() {
    #expect(report(sampleProcess([thread(1)]), .signaled(9)).unseen.count == 1)
  }

  @Test func aFreezeThatRanOutOfTimeIsSaid() {
    var process = sampleProcess([exitingThread()])
    process.freezeIncomplete = true
    #expect(report(process).unseen.count == 1)
  }

  @Test func aProcessThatNobodyWatchedSaysSo() {
    var process = sampleProcess([exitingThread()])
    process.standalone = true
    #expect(report(process).unseen.first?.hasPrefix("death by a signal: ") == true)
  }

  @Test func everyLossIsCountedAndNamed() {
    var process = sampleProcess([exitingThread()])
    process.losses.holds = 3
    process.losses.files = 2
    let result = report(process)
    #expect(result.lost == 5)
    #expect(
      result.unseen == [
        "3 held locks: the recorder had no room for them",
        "2 open files: the recorder had no room for them",
      ])
  }
}
