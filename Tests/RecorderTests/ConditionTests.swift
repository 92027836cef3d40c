// Waits for conditions: the mutex is given back for their time, and is the waiter's again after them.

internal import StragglerModel
internal import Testing

@Suite struct ConditionTests {
  private let program = TestProgram(source: "conditions.c")

  @Test(arguments: Recording.observed) func aWaiterHasGivenItsMutexBack(recording: Recording) throws {
    let run = try program.scenario("waiting", recording)
    let waiter = try run.process.thread(named: "waiter")
    #expect(run.holds(waiter) == ["mutex m waiting"])
    #expect(waiter.holds.map(\.mutexOwner) == [0])
    #expect(run.wait(waiter) == "condition c with m")
    #expect(try run.mainHolds == [])
  }

  @Test func aSignalledWaiterHoldsItsMutexAgain() throws {
    let run = try program.scenario("signalled")
    let waiter = try run.process.thread(named: "waiter")
    #expect(run.holds(waiter) == ["mutex m"])
    #expect(waiter.holds.map(\.mutexOwner) == [waiter.id])
    #expect(waiter.wait == nil)
  }

  @Test func aWokenWaiterThatHasNotComeBackHoldsNothing() throws {
    let run = try program.scenario("woken")
    let waiter = try run.process.thread(named: "waiter")
    #expect(run.holds(waiter) == ["mutex m waiting"])
    #expect(try waiter.holds.map(\.mutexOwner) == [run.process.id])
    #expect(try run.mainHolds == ["mutex m"])
  }

  @Test func aWaitThatTimedOutHoldsItsMutexAgain() throws {
    let run = try program.scenario("timed-out")
    #expect(try run.mainHolds == ["mutex m"])
    #expect(try run.process.main.wait == nil)
  }

  @Test func aMutexReleasedAfterItsWaitIsNotHeld() throws {
    #expect(try program.scenario("timed-out-and-released").mainHolds == [])
  }

  @Test(arguments: ["timed", "clocked", "c11-timed"])
  func aWaitWithAnEndOfItsOwnSaysSoAndHasGivenItsMutexBack(scenario: String) throws {
    let run = try program.scenario(scenario)
    let waiter = try run.process.thread(named: "waiter")
    #expect(run.wait(waiter) == "condition c with m timed")
    #expect(run.holds(waiter) == ["mutex m waiting"])
    #expect(waiter.holds.map(\.mutexOwner) == [0])
  }

  @Test(arguments: ["timed-signalled", "clocked-signalled", "c11-timed-signalled"])
  func aWaiterThatWasSignalledInTimeHoldsItsMutexAgain(scenario: String) throws {
    let run = try program.scenario(scenario)
    let waiter = try run.process.thread(named: "waiter")
    #expect(run.holds(waiter) == ["mutex m"])
    #expect(waiter.holds.map(\.mutexOwner) == [waiter.id])
    #expect(waiter.wait == nil)
  }

  @Test func aCanceledWaitThatCleansUpLeavesNothing() throws {
    let process = try program.scenario("canceled-with-cleanup").process
    #expect(process.threads.count == 1)
  }

  @Test func aCanceledWaitThatDoesNotCleanUpLeavesItsMutexLocked() throws {
    let run = try program.scenario("canceled")
    let ended = try #require(try run.process.threads.first { !$0.isMain })
    #expect(ended.lifecycle == .ended(joined: true))
    #expect(ended.holds.map(\.mutexOwner) == [ended.id])
    #expect(ended.wait == nil)
  }

  @Test func aThreadThatLeftItsWaitByCancellationWaitsNoMore() throws {
    let run = try program.scenario("canceled-and-standing")
    let thread = try run.process.thread(named: "canceled")
    #expect(run.holds(thread) == [])
    #expect(thread.wait == nil)
  }

  @Test func aRecursiveMutexComesBackWithItsDepth() throws {
    #expect(try program.scenario("recursive").mainHolds == ["recursive-mutex m x2"])
  }

  @Test func aRefusedWaitInventsNoHold() throws {
    let run = try program.scenario("not-held")
    #expect(try run.mainHolds == [])
    #expect(try run.process.main.wait == nil)
  }
}
