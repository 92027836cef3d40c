// Threads' lives: who is recorded as alive, ended, joined, and with which name and handle.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct ThreadTests {
  private let program = TestProgram(source: "threads.c")

  @Test(arguments: Recording.observed) func joinedThreadsLeaveNothing(recording: Recording) throws {
    let process = try program.scenario("joined", recording).process
    #expect(process.threads.map(\.isMain) == [true])
  }

  @Test func anEndedThreadThatNobodyJoinedIsRecorded() throws {
    let process = try program.scenario("forgotten").process
    let thread = try #require(process.unjoined.first)
    #expect(process.unjoined.count == 1)
    #expect(thread.creator == 1)
    #expect(thread.stop == nil)
    #expect(thread.creation?.bytes.isEmpty == false)
    #expect(process.abandoned.isEmpty)
  }

  @Test func detachedThreadsThatEndedLeaveNothing() throws {
    let process = try program.scenario("detached-and-ended").process
    #expect(process.threads.map(\.isMain) == [true])
  }

  @Test(arguments: Recording.observed) func liveThreadsAreAbandonedDetachedOrNot(recording: Recording) throws {
    let process = try program.scenario("alive", recording).process
    #expect(process.abandoned.map(\.name) == ["joinable", "detached", "detached-later", "c11", "c11-detached"])
    #expect(process.abandoned.map(\.detached) == [false, true, true, false, true])
    #expect(process.abandoned.allSatisfy { $0.stop?.outcome == .stopped && $0.daemon && !$0.declared })
    #expect(process.abandoned.allSatisfy { $0.stop?.stack?.reachesBase == true })
  }

  @Test func threadsThatLeftOrWereCanceledAreJoined() throws {
    #expect(try program.scenario("ended-otherwise").process.threads.count == 1)
  }

  @Test func aMainThreadThatLeftIsNeitherAbandonedNorUnjoined() throws {
    let run = try program.run(["main-leaves"])
    #expect(run.end == .status(7))
    let process = try run.process
    let main = try process.main
    #expect(main.mainEnded)
    #expect(main.lifecycle == .ended(joined: true) || main.lifecycle == .ended(joined: false))
    #expect(process.abandoned.isEmpty)
    #expect(process.exit.kind == .return && process.exit.status == 7)
    #expect(process.threads.filter(\.exiting).map(\.number) == [2])
  }

  @Test func withoutMainOnlyTheOthersAreAbandoned() throws {
    let run = try program.scenario("main-leaves-others")
    let process = try run.process
    #expect(process.abandoned.map(\.name) == ["left"])
    #expect(try process.main.mainEnded)
    // What is looked at by the process's number is its main thread's, which has nothing any more.
    let hold = try #require(process.abandoned.first?.holds.first)
    guard case .bytes = hold.object else {
      Issue.record("the lock could not be read: \(hold.object)")
      return
    }
    #expect(process.files.map(\.path) == ["/dev/null"])
    #expect(process.modules.count > 2)
  }

  @Test(arguments: ["one-after-the-other", "many-at-a-time"])
  func slotsOfEndedThreadsAreUsedAgain(scenario: String) throws {
    let run = try program.run([scenario], timeLimit: .seconds(180))
    #expect(run.end == .status(0))
    let process = try run.process
    #expect(process.threads.map(\.isMain) == [true])
    #expect(process.losses.total == 0)
    #expect(try #require(run.slotsUsed.first) <= 66)
  }

  @Test(arguments: Recording.allCases, ["handle-is-stored-first", "handle-memory-is-freed"])
  func theHandleIsStoredOnceAndBeforeTheThreadRuns(recording: Recording, scenario: String) throws {
    _ = try program.scenario(scenario, recording)
  }

  @Test func threadsThatCouldNotBeCreatedLeaveNothing() throws {
    let run = try program.scenario("refused")
    #expect(try run.process.threads.map(\.isMain) == [true])
    #expect(try #require(run.slotsUsed.first) <= 2)
  }

  @Test func theLastValidNameIsKeptAsItIs() throws {
    let process = try program.scenario("names").process
    #expect(process.abandoned.map(\.name) == ["second"])
    #expect(try process.main.name == "main\u{1b}[2Jthread")
  }

  @Test func aThreadThatJoinsAnotherWaitsForIt() throws {
    let run = try program.scenario("join-waits")
    let process = try run.process
    let joiner = try process.thread(named: "joiner")
    #expect(run.wait(joiner) == "join joined")
    #expect(try joiner.wait?.thread == process.thread(named: "joined").number)
  }
}
