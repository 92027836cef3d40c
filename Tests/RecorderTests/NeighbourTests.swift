// Other code in the process that is built, linked or loaded in a way of its own.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct NeighbourTests {
  private func plugins(_ scenario: String, _ recording: Recording = .preloaded) throws -> ProgramRun {
    let run = try TestProgram(source: "plugins.c").run(
      [scenario], recording, environment: ["PLUGIN": Self.plugin])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    return run
  }

  private static let plugin = TestProgram.library("plugin.c")

  // MARK: - Plugins that find libc before us (RTLD_DEEPBIND)

  @Test(arguments: Recording.observed) func anOrdinaryPluginsLocksAreSeen(recording: Recording) throws {
    let run = try plugins("ordinary", recording)
    #expect(try run.mainHolds == ["mutex mutex"])
    #expect(try run.process.modules.filter(\.bypassesRecorder).isEmpty)
  }

  @Test(arguments: ["taken-there", "bound-at-once", "exited-by-another"], Recording.observed)
  func aPluginThatLocksPastUsIsMarked(scenario: String, recording: Recording) throws {
    let run = try plugins(scenario, recording)
    #expect(try run.mainHolds == [])
    #expect(try run.process.modules.filter(\.bypassesRecorder).map(\.path) == [Self.plugin])
  }

  /// The record says "held"; the mutex, copied at the freeze, says that nobody has it.
  @Test func whatAPluginGaveBackPastUsIsDeniedByTheMutex() throws {
    let main = try plugins("given-back-there").process.main
    #expect(main.holds.map(\.mutexOwner) == [0])
  }

  @Test func whatAPluginTookPastUsIsGivenBackHere() throws {
    #expect(try plugins("taken-there-given-back-here").mainHolds == ["mutex other"])
  }

  @Test func aLockThatWasGivenBackPastUsAndTakenAgainIsHeldOnce() throws {
    let run = try plugins("taken-again")
    let main = try run.process.main
    #expect(run.holds(main) == ["mutex mutex"])
    #expect(main.holds.map(\.mutexOwner) == [main.id])
  }

  // MARK: - Ways of linking

  @Test(
    arguments: [
      "-Wl,-z,lazy", "-Wl,-z,now,-z,relro", "-fno-plt", "-no-pie", "-Wl,-z,noseparate-code", "-Wl,-Bsymbolic",
      "-static-libgcc", "-rdynamic",
    ], Recording.observed)
  func howAProgramIsLinkedMakesNoDifference(option: String, recording: Recording) throws {
    let program = TestProgram(source: "plugins.c", options: [option])
    let run = try program.run(["ordinary"], recording, environment: ["PLUGIN": Self.plugin])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    #expect(try run.mainHolds == ["mutex mutex"])
    #expect(try run.process.modules.filter(\.bypassesRecorder).isEmpty)
    try expectOneModule(of: program, recording, in: run)
  }

  /// The first page of a small file is mapped for each of its segments.
  private func expectOneModule(of program: TestProgram, _ recording: Recording, in run: ProgramRun) throws {
    let own = try run.process.modules.filter { $0.path == program.path(recording) }
    #expect(own.count == 1)
    let mutex = try #require(run.names.first { $0.value == "mutex" }?.key)
    #expect(own.first?.range.contains(mutex) == true)
  }

  @Test func aProgramThatStandsBeforeLibcItselfIsSeenThroughItsOwnDefinition() throws {
    #expect(try TestProgram(source: "own-lock.c").scenario("held").mainHolds == ["mutex mutex"])
  }

  // MARK: - The loader's variables

  @Test(arguments: [("LD_BIND_NOW", "1"), ("LD_DEBUG_OUTPUT", "/dev/null"), ("LD_LIBRARY_PATH", "/tmp:")])
  func whatTheLoaderIsToldMakesNoDifference(name: String, value: String) throws {
    let run = try TestProgram(source: "plugins.c").run(
      ["ordinary"], environment: ["PLUGIN": Self.plugin, name: value])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    #expect(try run.mainHolds == ["mutex mutex"])
  }

  /// A program that keeps LD_PRELOAD for a child, and nothing else of us: nobody waits for the child's record.
  @Test func withoutACommandLineAPreloadedRecorderIsSilent() throws {
    let run = try TestProgram(source: "company.c").run(["no-mistake"], environment: ["STRAGGLER_SOCKET": nil])
    #expect(run.end == .status(7) && run.errorOutput == "")
    #expect(run.processes.isEmpty)
  }

  /// The loader names the missing one on standard error, as it does alone, and goes on.
  @Test func aMissingLibraryBesideOursIsTheLoadersToName() throws {
    let run = try TestProgram(source: "plugins.c").run(
      ["ordinary"], environment: ["PLUGIN": Self.plugin, "LD_PRELOAD": "/no/such/library.so"])
    #expect(run.end == .status(0))
    #expect(run.errorOutput.contains("/no/such/library.so"))
    #expect(try run.mainHolds == ["mutex mutex"])
  }
}
