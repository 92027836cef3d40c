// What is said once of many processes of a program.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct BlindSpotTests {
  private func lines(_ processes: [(id: Int32, program: String, threads: [RecordedThread])]) -> [String] {
    var spots = BlindSpots()
    for (id, program, threads) in processes {
      var process = sampleProcess([exitingThread()] + threads)
      process.id = id
      process.executable = program
      spots.add(report(process))
    }
    return spots.lines
  }

  private func foreign(_ number: Int, _ name: String?) -> RecordedThread { thread(number, name) { $0.adopted = true } }

  private func deaf(_ number: Int, _ name: String) -> RecordedThread {
    thread(number, name) { $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: nil) }
  }

  private static let adopted = "took before it was first seen: it was not seen being created"

  @Test func ofOneProcessItsOwnThreadsAreNamed() {
    let adopted = lines([(71, "/bin/app", [foreign(2, "pool")])])
    #expect(adopted == ["process 71 (/bin/app): what thread \"pool\" (2) \(Self.adopted)"])
    #expect(lines([(71, "/bin/app", [deaf(2, "a"), deaf(3, "b")])]).count == 2)
  }

  @Test func aLineThatIsTheSameOfEachProcessKeepsItsThreads() {
    let lines = lines([(71, "/bin/app", [foreign(2, "pool")]), (72, "/bin/app", [foreign(2, "pool")])])
    #expect(lines == ["2 processes (/bin/app): what thread \"pool\" (2) \(Self.adopted)"])
  }

  @Test func linesThatDifferOnlyInTheirThreadsAreOne() {
    var processes: [(id: Int32, program: String, threads: [RecordedThread])] = []
    for number in 1...50 {
      let name: String? = number == 7 ? nil : "pool-\(number)"
      processes.append((Int32(70 + number), "/bin/app", [foreign(number + 1, name)]))
    }
    #expect(lines(processes) == ["50 processes (/bin/app): what a thread \(Self.adopted)"])
  }

  @Test func linesOfAnotherProgramOrOfAnotherKindAreOthers() {
    let lines = lines([
      (71, "/bin/app", [foreign(2, "a")]), (72, "/bin/app", [foreign(3, "b")]), (73, "/bin/other", [foreign(2, "c")]),
      (74, "/bin/app", [deaf(2, "d")]), (75, "/bin/app", [deaf(2, "e"), deaf(3, "f")]),
      (76, "/bin/app", [foreign(2, "g"), foreign(3, "h")]),
    ])
    let beginnings = [
      "2 processes (/bin/app): what a thread took", "process 73 (/bin/other): what thread \"c\" (2) took",
      "process 74 (/bin/app): where thread \"d\" (2) stood:", "process 75 (/bin/app): where thread \"e\" (2) stood:",
      "process 75 (/bin/app): where thread \"f\" (3) stood:",
      "process 76 (/bin/app): what thread \"g\" (2), thread \"h\" (3) took",
    ]
    #expect(lines.count == beginnings.count && zip(lines, beginnings).allSatisfy { $0.hasPrefix($1) }, "\(lines)")
  }

  @Test func ofManyProcessesItIsSaidWhetherEachHasOneSuchThreadOrSeveral() {
    let one = lines([(71, "/bin/app", [deaf(2, "a")]), (72, "/bin/app", [deaf(2, "b")])])
    #expect(one.map { $0.prefix { $0 != "(" } } == ["2 processes "])
    #expect(one.first?.contains("where a thread stood: it could") == true)
    let several = lines([
      (71, "/bin/app", [deaf(2, "a"), deaf(3, "b")]), (72, "/bin/app", [deaf(2, "c"), deaf(3, "d")]),
    ])
    #expect(several.count == 1 && several.first?.contains("where several threads stood: they could") == true)
  }

  @Test func whatTwoImagesOfAProcessSayAlikeIsSaidOnce() {
    let twice = lines([(71, "/bin/app", [foreign(2, "pool")]), (71, "/bin/app", [foreign(2, "pool")])])
    #expect(twice == ["process 71 (/bin/app): what thread \"pool\" (2) \(Self.adopted)"])
  }

  /// A spin lock does not say which of two threads has it.
  @Test func whoClaimsWhatOnlyOneCanHaveIsNotNamedOfMany() {
    func claims(_ numbers: [Int]) -> [RecordedThread] {
      numbers.map { number in thread(number, "t\(number)") { $0.holds = [hold(0x9000, .spinLock)] } }
    }
    let lines = lines([(71, "/bin/app", claims([2, 3])), (72, "/bin/app", claims([3, 4]))])
    let beginning = "2 processes (/bin/app): which of several threads has a spin lock: it does not say"
    #expect(lines.count == 1 && lines.first?.hasPrefix(beginning) == true, "\(lines)")
  }
}
