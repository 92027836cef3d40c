// C11's locks, what is waited for without being held, and locks that end in somebody's hand.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct LockLifeTests {
  private let program = TestProgram(source: "locklives.c")

  // MARK: - C11

  @Test(arguments: Recording.observed) func aC11MutexIsHeld(recording: Recording) throws {
    #expect(try program.scenario("c11-held", recording).mainHolds == ["mutex m"])
  }

  @Test func aRecursiveC11MutexKeepsItsDepth() throws {
    #expect(try program.scenario("c11-recursive").mainHolds == ["recursive-mutex m x2"])
  }

  @Test(arguments: Recording.observed) func aReleasedC11MutexIsNotHeld(recording: Recording) throws {
    #expect(try program.scenario("c11-released", recording).mainHolds == [])
  }

  @Test func anAttemptThatTimesOutLeavesNoWait() throws {
    let run = try program.scenario("c11-timed-out")
    #expect(try run.mainHolds == ["mutex m"])
    #expect(try run.process.main.wait == nil)
  }

  @Test func aThreadBehindAC11MutexWaitsForIt() throws {
    let run = try program.scenario("c11-waiting")
    let waiter = try run.process.thread(named: "waiter")
    #expect(run.wait(waiter) == "mutex m")
    #expect(run.holds(waiter) == [])
  }

  @Test func aC11ConditionWaitGivesItsMutexUp() throws {
    let run = try program.scenario("c11-condition")
    let waiter = try run.process.thread(named: "waiter")
    #expect(run.wait(waiter) == "condition c with m")
    #expect(run.holds(waiter) == ["mutex m waiting"])
  }

  // MARK: - Barriers and once-routines

  @Test(arguments: Recording.observed) func aThreadAtABarrierWaitsForIt(recording: Recording) throws {
    let run = try program.scenario("barrier-waiting", recording)
    #expect(run.wait(try run.process.thread(named: "waiter")) == "barrier b")
  }

  @Test func aBarrierThatIsPassedIsNoWait() throws {
    #expect(try program.scenario("barrier-passed").process.main.wait == nil)
  }

  @Test(arguments: ["once-waiting", "c11-once-waiting"])
  func aThreadWaitsForTheOnceRoutineThatAnotherRuns(scenario: String) throws {
    let run = try program.scenario(scenario)
    #expect(run.wait(try run.process.thread(named: "waiter")) == "once o")
    let runner = try run.process.thread(named: "runner")
    #expect(runner.wait == nil)
    #expect(try runner.onceRunning == run.process.thread(named: "waiter").wait?.address)
  }

  @Test(arguments: Recording.observed) func aRoutineRunsOnceAndNobodyWaitsForIt(recording: Recording) throws {
    let main = try program.scenario("once-done", recording).process.main
    #expect(main.wait == nil)
    #expect(main.onceRunning == nil)
  }

  @Test func aWaiterThatHasToRunTheRoutineItselfNoLongerWaits() throws {
    #expect(try program.scenario("once-taken-over").process.thread(named: "heir").wait == nil)
  }

  // MARK: - Locks that end

  @Test func aLockedMutexThatCannotBeDestroyedIsHeld() throws {
    #expect(try program.scenario("destroyed-in-vain").mainHolds == ["mutex p"])
  }

  @Test func whatAnEndedThreadLeftLockedIsKnownAfterSIGKILL() throws {
    let run = try program.run(["orphaned-and-killed"])
    #expect(run.end == .signal(9))
    let left = try run.process.threads.flatMap { run.holds($0) }
    #expect(left == ["mutex p", "read-write-lock l", "spin-lock s"])
  }

  @Test func whatALivingThreadHoldsIsKnownAfterSIGKILL() throws {
    let run = try program.run(["others-and-killed"])
    let held = ["mutex p", "mutex m", "read-write-lock l", "read-write-lock r shared"]
    #expect(run.holds(try run.process.thread(named: "holder")) == held)
  }

  @Test(
    arguments: [
      "orphaned-made-anew-and-killed", "held-made-anew-and-killed", "others-made-anew-and-killed",
      "destroyed-while-held-and-killed",
    ])
  func locksThatWereDestroyedOrMadeAnewAreNobodys(scenario: String) throws {
    let run = try program.run([scenario])
    #expect(run.end == .signal(9))
    #expect(try run.process.threads.flatMap { run.holds($0) } == [])
  }

  @Test func theMemoryOfALockThatWasFreedWhileHeldIsGone() throws {
    let holder = try program.scenario("freed-while-held").process.thread(named: "holder")
    #expect(holder.holds.map(\.kind) == [.mutex, .readWriteLock, .spinLock, .semaphore])
    #expect(holder.holds.map(\.object) == [.gone, .gone, .gone, .gone])
  }

  // MARK: - Named semaphores

  @Test func aNamedSemaphoreWithOneTokenIsALockWithAName() throws {
    let run = try program.scenario("named-lock")
    let taker = try run.process.thread(named: "taker")
    #expect(run.holds(taker) == ["semaphore n"])
    #expect(try run.process.lockNames.values.contains { $0.hasPrefix("/straggler-") })
  }

  @Test func aNamedSemaphoreWithMoreTokensIsNoLock() throws {
    let run = try program.scenario("named-counter")
    #expect(run.holds(try run.process.thread(named: "taker")) == [])
  }

  @Test func aNamedSemaphoreThatWasClosedIsNobodys() throws {
    let run = try program.scenario("named-closed")
    #expect(run.holds(try run.process.thread(named: "taker")) == [])
    #expect(try run.process.lockNames.isEmpty)
  }
}
