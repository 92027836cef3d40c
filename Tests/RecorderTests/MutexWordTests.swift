// The recorder takes and gives back glibc's common mutexes in glibc's place: nobody must be able to tell.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct MutexWordTests {
  private let program = TestProgram(source: "mutexwords.c")

  @Test(arguments: ["alone", "beside-another-thread"], Recording.allCases)
  func aMutexIsAfterEachStepWhatLibcMakesOfIt(scenario: String, recording: Recording) throws {
    let run = try program.scenario(scenario, recording)
    #expect(run.end == .status(0), "\(run.errorOutput)")
    #expect(try recording == .alone || run.mainHolds == [])
  }

  @Test(arguments: Recording.allCases) func whoWaitsInLibcIsWokenFromHere(recording: Recording) throws {
    let run = try program.scenario("waited-for", recording)
    #expect(run.end == .status(0), "\(run.errorOutput)")
  }

  /// With lock elision forced libc marks the mutexes that it takes, on a processor that has TSX: they are left to it.
  @Test func libcsTunablesDecideWhatAMutexIs() throws {
    let run = try program.run(["alone"], environment: ["GLIBC_TUNABLES": "glibc.elision.enable=1"])
    #expect(run.end == .status(0), "\(run.errorOutput)")
  }

  /// The program's copy says "no second thread" while there are two.
  @Test(arguments: Recording.allCases) func aCopyOfLibcsWordOnThreadsIsNotBelieved(recording: Recording) throws {
    let program = TestProgram(source: "copied.c", options: ["-fno-pic", "-no-pie"])
    let run = try program.run(["counted-by-two"], recording)
    #expect(run.end == .status(0), "\(run.errorOutput)")
  }

  /// What stands behind the recorder (another preloaded library, a second recorder) sees each lock, as without it.
  @Test(arguments: Recording.allCases) func aLibraryBehindTheRecorderSeesEveryLock(recording: Recording) throws {
    let run = try program.run(["counted"], recording, environment: ["LD_PRELOAD": TestProgram.library("counting.c")])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    #expect(run.lines.last == "600 locks, 600 unlocks")
  }
}
