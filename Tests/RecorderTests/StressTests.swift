// Eight threads that do everything at once: what is left afterwards, and what sanitizers say of it.

internal import Foundation
internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct StressTests {
  /// One thread with one lock is all that is left of it; the child that was forked at the end has its own record.
  private func expectOneHolder(_ run: ProgramRun, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(run.end == .status(0), "\(run.errorOutput)", sourceLocation: sourceLocation)
    let process = try run.process
    let holder = try process.thread(named: "holder")
    #expect(run.holds(holder) == ["mutex held"], sourceLocation: sourceLocation)
    #expect(holder.stop?.outcome == .stopped, sourceLocation: sourceLocation)
    #expect(process.unjoined.map(\.number) == [], sourceLocation: sourceLocation)
    #expect(process.threads.map(\.holds.count).reduce(0, +) == 1, sourceLocation: sourceLocation)
    #expect(process.files.isEmpty && process.losses.total == 0, sourceLocation: sourceLocation)
    #expect(run.processes.map(\.exit.status) == [0, 5], sourceLocation: sourceLocation)
  }

  @Test(arguments: Recording.observed) func aCrowdLeavesNothingButWhatItLeft(recording: Recording) throws {
    for _ in 0..<3 {
      let run = try TestProgram(source: "stress.c").run([], recording)
      try expectOneHolder(run)
      // Others may still be on their way out.
      #expect(try run.process.abandoned.filter { !$0.holds.isEmpty }.map(\.name) == ["holder"])
    }
  }

  @Test(arguments: ["thread", "address,undefined"], Recording.observed)
  func sanitizersHaveNothingToSay(sanitizer: String, recording: Recording) throws {
    let run = try TestProgram(source: "stress.c", sanitizer: sanitizer).run(
      ["100"], recording, environment: ["UBSAN_OPTIONS": "halt_on_error=1", "ASAN_OPTIONS": "detect_leaks=0"])
    #expect(run.errorOutput == "")
    // A sanitizer's own threads are no concern of this.
    try expectOneHolder(run)
  }

  /// The recorder's own code is checked as well, but for ThreadSanitizer, which must not see a thread's last step.
  @Test func aRecorderBuiltWithSanitizersHasNothingToHide() throws {
    let program = TestProgram(
      source: "stress.c", options: ["-DSTRAGGLER_INSTRUMENTED"], sanitizer: "address,undefined")
    let run = try program.run(["100"], .linked, environment: ["ASAN_OPTIONS": "detect_leaks=0"])
    #expect(run.errorOutput == "")
    try expectOneHolder(run)
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/valgrind"), "valgrind is not installed"))
  func memcheckHasNothingToSay() throws {
    let valgrind = ["/usr/bin/valgrind", "--quiet", "--error-exitcode=77"]
    let run = try TestProgram(source: "stress.c").run(["10"], .linked, wrapper: valgrind)
    #expect(run.errorOutput == "")
    try expectOneHolder(run)
  }
}
