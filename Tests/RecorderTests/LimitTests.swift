// Little room: limits of memory, files and descriptors that the program has, or sets itself.

internal import CStragglerArena
internal import Foundation
internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct LimitTests {
  private let program = TestProgram(source: "limits.c", options: Recorder.includes)

  /// The holder is recorded and stands.
  private func expectHolder(_ run: ProgramRun, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(run.end == .status(0), "\(run.errorOutput)", sourceLocation: sourceLocation)
    let process = try #require(run.processes.last, sourceLocation: sourceLocation)
    let holder = try process.thread(named: "holder")
    #expect(run.holds(holder) == ["mutex m"], sourceLocation: sourceLocation)
    #expect(holder.stop?.outcome == .stopped, sourceLocation: sourceLocation)
    #expect(process.exit.phase == .frozen, sourceLocation: sourceLocation)
  }

  @Test(arguments: ["soft-limit-of-descriptors", "no-processes"])
  func aLimitThatTheProgramSetsItselfHindersNoFreeze(scenario: String) throws {
    let run = try program.scenario(scenario)
    try expectHolder(run)
    #expect(try !run.process.freezeIncomplete)
  }

  @Test(
    arguments: ["no-address-space", "no-data", "no-stack", "no-locked-memory", "no-pending-signals", "no-core"],
    Recording.observed)
  func whereTheProgramMayHaveNothingMoreTheRecordIsWhole(scenario: String, recording: Recording) throws {
    let run = try program.scenario(scenario, recording)
    try expectHolder(run)
    #expect(try run.mainHolds.count == 12)
    #expect(try run.process.losses.total == 0 && !run.process.freezeIncomplete)
  }

  @Test(arguments: ["no-descriptors", "no-descriptor-at-all"])
  func withoutAnyDescriptorLeftTheKnownThreadsStand(scenario: String) throws {
    let run = try program.scenario(scenario)
    try expectHolder(run)
    // Others may be there that only the kernel knew.
    #expect(try run.process.freezeIncomplete)
  }

  @Test(arguments: Recording.observed) func lockedMemoryStaysSmall(recording: Recording) throws {
    try expectHolder(try program.scenario("all-locked", recording))
  }

  @Test(arguments: Recording.allCases) func aLimitOfFileSizesEndsNoChild(recording: Recording) throws {
    let run = try program.scenario("no-file-size", recording)
    guard recording != .alone else { return }
    #expect(try run.holds(run.process.thread(named: "holder")) == ["mutex m"])
  }

  /// In kilobytes, as bash counts it.
  @Test(arguments: ["0", "100", "4000", "1000000"], Recording.observed)
  func aLimitOfFileSizesEndsNoProgram(kilobytes: String, recording: Recording) throws {
    let run = try program.run(
      ["holder"], recording, wrapper: ["/bin/bash", "-c", "ulimit -f \(kilobytes); exec \"$0\" \"$@\""])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    if kilobytes != "0" && kilobytes != "100" { try expectHolder(run) }
  }

  @Test func locksThatFoundNoRoomAreNotMissingOnceTheyAreGivenBack() throws {
    let run = try program.scenario("many-locks-given-back")
    try expectHolder(run)
    #expect(try run.process.losses.total == 0)
  }

  @Test func locksThatFoundNoRoomAreCounted() throws {
    let run = try program.scenario("many-locks-kept")
    let process = try run.process
    let recorded = try process.main.holds.count
    #expect(recorded == Int(STRAGGLER_INLINE_HOLDS + STRAGGLER_OVERFLOW_HOLDS))
    #expect(process.losses.holds == 100 - recorded)
  }

  /// Under such a limit (in kilobytes) the arena has room for 32 threads, 16 sections, 64 names, and half a megabyte of stacks.
  private func withTheSmallestArena(_ scenario: String, _ recording: Recording) throws -> ProgramRun {
    let run = try program.run(
      [scenario], recording, wrapper: ["/bin/bash", "-c", "ulimit -f 4000; exec \"$0\" \"$@\""])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    return run
  }

  @Test(arguments: Recording.observed) func aThreadThatCouldNotBeCreatedFoundRoomEnough(recording: Recording) throws {
    let run = try withTheSmallestArena("threads-that-never-were", recording)
    let process = try #require(run.processes.last)  // the shell is observed, too
    #expect(process.threads.count == 32 && process.losses.threads == 1, "\(process.losses)")
  }

  @Test(arguments: Recording.observed) func whateverFoundNoRoomIsCounted(recording: Recording) throws {
    let run = try withTheSmallestArena("more-than-the-smallest-arena-has-room-for", recording)
    let process = try #require(run.processes.last)  // the shell is observed, too
    // Main, the holder, and 40 others.
    #expect(process.threads.count == 32 && process.losses.threads == 10, "\(process.losses)")
    #expect(process.sections.count == 16 && process.losses.sections == 4)
    #expect(process.lockNames.count == 64 && process.losses.names == 6)
    let copied = process.threads.filter { $0.stop?.stack?.bytes.isEmpty == false }
    #expect(copied.count + process.losses.stacks == 32 && (4...16).contains(copied.count))
    #expect(run.holds(try process.thread(named: "holder")) == ["mutex m"])
    #expect(process.losses.holds == 0 && process.losses.files == 0 && process.losses.modules == 0)
  }

  @Test func loadedFilesThatFoundNoRoomAreCounted() throws {
    let usual = try program.scenario("holder").process.modules.count
    let process = try program.scenario("more-modules").process
    #expect(process.modules.count == 1024)
    // A file whose first page is mapped for several of its parts is known to be one only where it has a place.
    #expect((76...86).contains(process.losses.modules - usual))
  }

  /// The program needs some hundred megabytes of its own; what we reserve must leave it that.
  @Test(arguments: ["200000", "1000000", "3000000", "40000000"])
  func underALimitOfAddressSpaceTheProgramHasItsRoom(kilobytes: String) throws {
    let limit = ["/bin/bash", "-c", "ulimit -v \(kilobytes); exec \"$0\" \"$@\""]
    #expect(try program.run(["address-space"], .alone, wrapper: limit).end == .status(0))
    try expectHolder(try program.run(["address-space"], wrapper: limit))
  }

  /// What the recorder takes of it, in kilobytes, is all that such a program has to do without, and it is recorded to its end.
  @Test(arguments: [(limit: "-v 100000", taken: 6144), (limit: "-d 50000", taken: 3584)], Recording.observed)
  func aProgramThatTakesAllOfItsMemoryIsRecorded(limit: (limit: String, taken: Int), recording: Recording) throws {
    let wrapper = ["/bin/bash", "-c", "ulimit \(limit.limit); exec \"$0\" \"$@\""]
    let alone = try program.run(["all-memory"], .alone, wrapper: wrapper)
    let observed = try program.run(["all-memory"], recording, wrapper: wrapper)
    try expectHolder(observed)
    #expect(try #require(observed.processes.last).losses.total == 0)
    let blocks = try [alone, observed].map { try #require($0.lines.last.flatMap { Int($0) }) }
    #expect((blocks[0] - blocks[1]) * 64 <= limit.taken, "\(blocks)")
  }
}
