// Read-write locks from both sides, and spin locks.

internal import StragglerModel
internal import Testing

@Suite struct ReadWriteLockTests {
  private let program = TestProgram(source: "rwlocks.c")

  @Test(arguments: Recording.observed) func aReaderHoldsTheLockShared(recording: Recording) throws {
    #expect(try program.scenario("reading", recording).mainHolds == ["read-write-lock l shared"])
  }

  @Test func aLockReadMoreThanOnceIsOneHoldWithItsDepth() throws {
    #expect(try program.scenario("reading-thrice").mainHolds == ["read-write-lock l shared x3"])
  }

  @Test func aWriterHoldsTheLockAlone() throws {
    #expect(try program.scenario("writing").mainHolds == ["read-write-lock l"])
  }

  @Test(arguments: Recording.observed) func aReleasedLockIsNotHeld(recording: Recording) throws {
    #expect(try program.scenario("released", recording).mainHolds == [])
  }

  @Test(arguments: ["readers", "attempts-against-readers"])
  func severalReadersEachHoldTheLockAndNobodyElseDoes(scenario: String) throws {
    let run = try program.scenario(scenario)
    let process = try run.process
    #expect(run.holds(try process.thread(named: "first")) == ["read-write-lock l shared"])
    #expect(run.holds(try process.thread(named: "second")) == ["read-write-lock l shared"])
    #expect(try run.mainHolds == [])
    #expect(try process.main.wait == nil)
    #expect(process.threads.count == 3)
  }

  @Test(arguments: Recording.observed)
  func whoGivesBackWhatItWasNotSeenTakingGivesNobodyElsesBack(recording: Recording) throws {
    let run = try program.scenario("beside-a-reader-that-was-not-seen", recording)
    #expect(run.holds(try run.process.thread(named: "first")) == ["read-write-lock l shared"])
  }

  @Test func aWriterThatAsksAgainHasOneHold() throws {
    #expect(try program.scenario("attempts-against-oneself").mainHolds == ["read-write-lock l"])
  }

  @Test func aWriterBehindAReaderWaitsAndHoldsNothing() throws {
    let run = try program.scenario("writer-waiting")
    let writer = try run.process.thread(named: "writer")
    #expect(run.wait(writer) == "read-write-lock l")
    #expect(run.holds(writer) == [])
  }

  @Test func aWriterThatHadToWaitHoldsTheLock() throws {
    let run = try program.scenario("writer-after-waiting")
    let writer = try run.process.thread(named: "writer")
    #expect(run.holds(writer) == ["read-write-lock l"])
    #expect(writer.wait == nil)
    #expect(try run.mainHolds == [])
  }

  @Test(arguments: Recording.observed, ["spinning", "spin-tried"])
  func aSpinLockIsHeld(recording: Recording, scenario: String) throws {
    #expect(try program.scenario(scenario, recording).mainHolds == ["spin-lock s"])
  }

  @Test func aReleasedSpinLockIsNotHeld() throws {
    #expect(try program.scenario("spin-released").mainHolds == [])
  }

  @Test func aSpinningThreadWaitsHoldsNothingAndIsStopped() throws {
    let run = try program.scenario("spin-waiting")
    let spinner = try run.process.thread(named: "spinner")
    #expect(run.wait(spinner) == "spin-lock s")
    #expect(run.holds(spinner) == [])
    #expect(spinner.stop?.outcome == .stopped)
  }
}
