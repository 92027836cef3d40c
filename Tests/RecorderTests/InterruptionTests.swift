// A signal's handler that has locks of its own in the middle of a lock or unlock: nothing is lost, nothing is added, and what
// was interrupted says where its lock was taken.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct InterruptionTests {
  private let program = TestProgram(source: "interrupted.c")
  /// In a process with one thread, and with two.
  static let companies = ["", "-threads"]

  @Test(arguments: Recording.observed, companies)
  func whatWasTakenIsHeld(recording: Recording, company: String) throws {
    let run = try program.scenario("many-taken\(company)", recording)
    #expect(run.end == .status(0), "\(run.errorOutput)")
    let all = (0..<10).map { $0 % 3 == 2 ? "recursive-mutex r\($0)" : "mutex m\($0)" }
    #expect(try run.mainHolds == all)
    let take = try #require(run.names.first { $0.value == "take" }?.key)
    for hold in try run.process.main.holds {
      #expect((take..<take + 512).contains(hold.acquisition.pc), "\(hold)")
    }
  }

  @Test(arguments: Recording.observed, companies)
  func whatWasTakenAgainIsHeldTwice(recording: Recording, company: String) throws {
    let run = try program.scenario("again-taken\(company)", recording)
    #expect(try run.mainHolds == ["mutex m0", "mutex m1", "recursive-mutex r2 x2"])
  }

  @Test(arguments: Recording.observed, companies)
  func otherLocksAreHeld(recording: Recording, company: String) throws {
    let run = try program.scenario("others-taken\(company)", recording)
    #expect(try run.mainHolds == ["read-write-lock read shared", "read-write-lock write", "spin-lock spin"])
  }

  /// A record that lost an entry, or kept one for ever, each time would have no room at the end of it.
  @Test(arguments: companies)
  func nothingIsLeftOfOneInterruptionAnywhere(company: String) throws {
    for (scenario, held) in [("once-each", "recursive-mutex r5"), ("once-each-within", "mutex m9")] {
      let run = try program.scenario("\(scenario)\(company)")
      #expect(try run.mainHolds == [held])
      #expect(try run.process.losses.holds == 0)
    }
  }

  @Test(arguments: Recording.observed, companies)
  func whatWasGivenBackIsNotHeld(recording: Recording, company: String) throws {
    let some = try program.scenario("some-given-back\(company)", recording)
    #expect(some.end == .status(0), "\(some.errorOutput)")
    #expect(
      try Set(some.mainHolds) == [
        "mutex m1", "mutex m3", "recursive-mutex r5", "mutex m7", "mutex m4", "recursive-mutex r8",
      ])
    #expect(try some.mainHolds.count == 6)
    let all = try program.scenario("all-given-back\(company)", recording)
    #expect(all.end == .status(0), "\(all.errorOutput)")
    #expect(try all.mainHolds == ["mutex m1"])
  }
}
