// What is said once of many processes of a program.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct BlindSpotTests {
  private func report(of pid: Int32, _ program: String = "/bin/app", _ threads: [RecordedThread]) -> Report {
    var process = sampleProcess([exitingThread()] + threads)
    process.id = pid
    process.executable = program
    return report(process)
  }

  private func lines(_ reports: [Report]) -> [String] {
    var spots = BlindSpots()
    for report in reports { spots.add(report) }
    return spots.lines
  }

  private func foreign(_ number: Int, _ name: String?) -> RecordedThread { thread(number, name) { $0.adopted = true } }

  private func deaf(_ number: Int, _ name: String) -> RecordedThread {
    thread(number, name) { $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: nil) }
  }

  @Test func ofOneProcessItsOwnThreadsAreNamed() {
    #expect(
      lines([report(of: 71, [foreign(2, "pool")])]) == [
        "process 71 (/bin/app): what thread \"pool\" (2) took before it was first seen: it was not seen being created"
      ])
    #expect(lines([report(of: 71, [deaf(2, "a"), deaf(3, "b")])]).count == 2)
  }

  @Test func aLineThatIsTheSameOfEachProcessKeepsItsThreads() {
    #expect(
      lines([71, 72].map { report(of: $0, [foreign(2, "pool")]) }) == [
        "2 processes (/bin/app): what thread \"pool\" (2) took before it was first seen: it was not seen being created"
      ])
  }

  @Test func linesThatDifferOnlyInTheirThreadsAreOne() {
    let reports = (1...50).map { number in
      report(of: Int32(70 + number), [foreign(number + 1, number == 7 ? nil : "pool-\(number)")])
    }
    #expect(
      lines(reports) == [
        "50 processes (/bin/app): what a thread took before it was first seen: it was not seen being created"
      ])
  }

  @Test func linesOfAnotherProgramOrOfAnotherKindAreOthers() {
    let lines = lines([
      report(of: 71, [foreign(2, "a")]), report(of: 72, [foreign(3, "b")]),
      report(of: 73, "/bin/other", [foreign(2, "c")]), report(of: 74, [deaf(2, "d")]),
      report(of: 75, [deaf(2, "e"), deaf(3, "f")]), report(of: 76, [foreign(2, "g"), foreign(3, "h")]),
    ])
    #expect(
      lines.map { $0.prefix { $0 != "," && $0 != "(" } + $0.drop { $0 != ":" }.prefix(26) } == [
        "2 processes : what a thread took befor", "process 73 : what thread \"c\" (2) to",
        "2 processes : where a thread stood: it", "process 76 : what thread \"g\" (2), t",
      ])
  }

  /// A spin lock does not say which of two threads has it.
  @Test func whoClaimsWhatOnlyOneCanHaveIsNotNamedForMany() {
    let reports = (1...2).map { first in
      report(
        of: Int32(70 + first),
        [first + 1, first + 2].map { number in thread(number, "t\(number)") { $0.holds = [hold(0x9000, .spinLock)] } })
    }
    #expect(
      lines(reports).map { $0.prefix(68) } == ["2 processes (/bin/app): which of several threads has a spin lock: it"])
  }
}
