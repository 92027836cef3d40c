// What a creator says of the thread that it creates next, and who gets it.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct AnnouncedThreadTests {
  private let program = TestProgram(source: "announced.c", options: Recorder.includes)
  private let longName = "longer than the kernel's fifteen bytes"

  @Test(arguments: Recording.observed)
  func aReportBeforeTheThreadsFirstInstructionKnowsIt(recording: Recording) throws {
    let late = TestProgram.library("late.c")
    let run = try program.run(["at-once"], recording, environment: ["LD_PRELOAD": late])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    try expectBoth(in: run)
    let creator = try #require(run.names.first { $0.value == "create" }?.key)
    for thread in try run.process.abandoned {
      let creation = try #require(thread.creation)
      // Within the small function, by the address that its call comes back to.
      #expect(creation.pc > creator && creation.pc < creator + 512)
      #expect(thread.creator == 1)
    }
  }

  @Test(arguments: Recording.observed) func aThreadThatRunsIsWhatItsCreatorSaid(recording: Recording) throws {
    try expectBoth(in: program.scenario("running", recording))
  }

  private func expectBoth(in run: ProgramRun, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let threads = try run.process.abandoned
    #expect(threads.map(\.name) == ["daemon", longName], sourceLocation: sourceLocation)
    #expect(threads.map(\.daemon) == [true, false], sourceLocation: sourceLocation)
    #expect(threads.map(\.declared) == [true, true], sourceLocation: sourceLocation)
    #expect(threads.map(\.number) == [2, 3], sourceLocation: sourceLocation)
    // The creator was told the same numbers.
    #expect(run.lines.suffix(2) == ["daemon 0x2", "\(longName) 0x3"], sourceLocation: sourceLocation)
  }

  @Test(arguments: ["refused", "refused-and-not-asked", "not-created"], Recording.observed)
  func whatWasSaidOfAThreadThatIsNotThereIsNoOtherOnes(scenario: String, recording: Recording) throws {
    let threads = try program.scenario(scenario, recording).process.abandoned
    #expect(threads.map(\.name) == [nil])
    #expect(threads.allSatisfy { !$0.declared })
  }

  @Test(arguments: Recording.observed) func whatWasSaidBeforeAForkIsNotTheChilds(recording: Recording) throws {
    let run = try program.scenario("forked", recording)
    #expect(run.processes.count == 2)
    #expect(try run.process.abandoned.map(\.name) == ["parent's"])
    let child = try #require(run.processes.last)
    #expect(child.abandoned.map(\.name) == [nil, "child's"])
    #expect(child.abandoned.map(\.declared) == [false, true])
    #expect(run.lines.last == "child's 0x\(String(child.abandoned.last?.number ?? 0, radix: 16))")
  }

  @Test func withoutARecorderNothingIsSaid() throws {
    let run = try program.scenario("running", .alone)
    #expect(run.lines == ["daemon 0x0", "\(longName) 0x0"])
  }
}
