// The recorder is a guest: a program notices nothing of it.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct MannersTests {
  private let program = TestProgram(source: "manners.c")

  @Test(arguments: Recording.allCases) func whoWaitsGoesOnWaitingWhileTheExitGoesOn(recording: Recording) throws {
    let run = try TestProgram(source: "sleepers.c").run([], recording)
    #expect(run.end == .status(0) && run.output == "")
  }

  @Test(arguments: Recording.observed) func outputAndStatusAreWhatTheyAreAlone(recording: Recording) throws {
    let alone = try program.run(["output"], .alone)
    let observed = try program.run(["output"], recording)
    #expect(alone.end == .status(41))
    #expect(observed.end == alone.end)
    #expect(observed.output == alone.output)
    #expect(observed.errorOutput == alone.errorOutput)
    #expect(try observed.process.abandoned.map(\.name) == ["holder"])
  }

  @Test(arguments: Recording.allCases) func noDescriptorOfOursIsOpenInTheProgram(recording: Recording) throws {
    let bare = TestProgram(source: "bare.c").path(.alone)
    let run = try program.run(["descriptors"], recording, wrapper: [bare])
    #expect(
      run.lines == [
        "open 0", "open 1", "open 2", "first 3", "second 4", "open 0", "open 1", "open 2", "open 3", "open 4",
      ])
    #expect(run.processes.count == (recording == .alone ? 0 : recording == .preloaded ? 2 : 1))
  }

  @Test(arguments: Recording.observed) func aProgramThatClosesEverythingClosesNothingOfOurs(recording: Recording) throws
  {
    let run = try program.scenario("everything-closed", recording)
    let process = try run.process
    #expect(run.holds(try process.thread(named: "holder")) == ["mutex m"])
    #expect(process.files.isEmpty)
    #expect(process.exit.phase == .frozen && !process.freezeIncomplete)
  }

  @Test(arguments: Recording.allCases) func errnoIsTheProgramsOwn(recording: Recording) throws {
    _ = try program.scenario("errno", recording)
  }

  @Test(arguments: Recording.allCases) func signalsAreAsTheProgramSetThem(recording: Recording) throws {
    #expect(try program.scenario("signals", recording).output == "handled\n")
  }

  @Test(arguments: Recording.observed) func theEnvironmentIsTheProgramsOwn(recording: Recording) throws {
    #expect(try program.scenario("environment", recording).output == program.scenario("environment", .alone).output)
  }

  @Test func whatWasPreloadedBeforeStays() throws {
    let run = try program.run(["environment"], environment: ["LD_PRELOAD": TestProgram.library("preloaded.c")])
    #expect(run.lines.prefix(2) == ["loaded", "unloaded"])
    #expect(try run.process.exit.phase == .frozen)
  }

  @Test func ofTwoRecordersInOneProgramTheLinkedOneRecords() throws {
    let run = try program.run(["environment"], .linked, environment: ["LD_PRELOAD": Recorder.library])
    #expect(run.end == .status(0))
    #expect(run.processes.map(\.linked) == [true])
  }

  @Test(arguments: Recording.observed) func withoutAnObserverTheProgramRunsAsEver(recording: Recording) throws {
    let run = try program.run(["output"], recording, environment: ["STRAGGLER_SOCKET": "/no/such/socket"])
    #expect(run.end == .status(41))
    #expect(try run.output == program.run(["output"], .alone).output)
    #expect(run.processes.isEmpty)
  }
}
