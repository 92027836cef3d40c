// exec: the record of the image that is replaced says so, and one that is not replaced goes on as before.

internal import Glibc
internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct ExecTests {
  private let program = TestProgram(source: "execs.c")

  @Test(arguments: ["execv", "execve", "execvp", "execvpe", "execl", "execlp", "execle", "execveat", "fexecve"])
  func anImageThatIsReplacedSaysSo(function: String) throws {
    for recording in Recording.observed {
      let run = try program.scenario(function, recording)
      #expect(try run.process.exit.kind == .exec && run.process.main.exiting, "\(recording)")
      // The new one has no recorder inside where the old one had.
      let images = run.processes.map(\.executable)
      #expect(recording == .linked || images.count == 2 && images.last?.hasSuffix("/true") == true, "\(images)")
      #expect(Set(run.processes.map(\.id)).count == 1)
    }
  }

  @Test(arguments: Recording.observed) func everyExecInVainLeavesNoTraceInTheRecord(recording: Recording) throws {
    let run = try program.run(["in-vain"], recording)
    #expect(run.end == .signal(Int(SIGKILL)), "\(run.errorOutput)")
    let process = try run.process
    #expect(process.exit.kind == .none && process.exit.phase == .running && process.exit.thread == nil)
    #expect(process.threads.allSatisfy { !$0.exiting && $0.stop == nil })
    #expect(try run.holds(process.thread(named: "holder")) == ["mutex m"])
    #expect(run.processes.count == 1)
  }
}
