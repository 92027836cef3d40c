// C++ in an observed program: exceptions, destructors of threads that end early, static objects with threads of their own.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct CxxTests {
  @Test(arguments: Recording.allCases) func exceptionsAndDestructorsRunAsTheyDoAlone(recording: Recording) throws {
    let run = try TestProgram(source: "unwinding.cpp").run([], recording)
    #expect(run.end == .status(0))
    #expect(
      run.lines == [
        "destroyed in thrower", "caught bottom", "destroyed in leaving thread", "destroyed in canceled thread",
        "destroyed in thread-local storage",
      ])
    guard recording != .alone else { return }
    #expect(try run.process.threads.count == 1)
    #expect(try run.process.threads.flatMap(\.holds).isEmpty)
  }

  /// The library's destructor runs after all of the program: a freeze before it would hang the program.
  @Test(arguments: Recording.allCases, ["return", "exit"])
  func aLibraryWhoseDestructorJoinsItsWorkerEndsAsItDoesAlone(recording: Recording, way: String) throws {
    let program = TestProgram(source: "pool-user.c", options: [TestProgram.library("pool.cpp")])
    let run = try program.run([way], recording)
    #expect(run.end == .status(6))
    #expect(run.output == "goodbye\nworker joined\n")
    guard recording != .alone else { return }
    let process = try run.process
    #expect(process.threads.map(\.isMain) == [true])
    #expect(process.threads.flatMap(\.holds).isEmpty)
    #expect(process.exit.phase == .frozen && process.exit.status == 6)
  }
}
