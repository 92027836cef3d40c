// Exits that do not end, in programs that are linked with the recorder and that nobody observes: found from within.

internal import Foundation
internal import StragglerProcesses
internal import Testing

@Suite struct LinkedExitTests {
  private func run(_ how: String, options: String = "") throws -> CommandResult {
    try runProgram(
      TestPrograms.linkedExit, [how],
      environment: [
        "STRAGGLER_OPTIONS": options, "STRAGGLER_RENDERER": TestPrograms.straggler, "STRAGGLER_SOCKET": nil,
        "LD_PRELOAD": nil,
      ])
  }

  @Test(arguments: [
    ("circle-mutex", "waits for lock \"cache\" held by thread \"worker\", which waits for lock \"journal\""),
    (
      "circle-rwlock", "waits for read-write lock \"table\" held by thread \"worker\", which waits for lock \"journal\""
    ),
    ("circle-spin", "waits for spin lock \"counter\" held by thread \"worker\", which waits for lock \"journal\""),
    ("circle-join", "waits for thread \"worker\" to end, which waits for lock \"journal\" held by the main"),
    ("circle-once", "waits for once \"prepared\", whose routine thread \"worker\" runs, which waits for lock"),
    ("circle-stream", "waits for the lock of stream \"stdout\" held by thread \"worker\", which waits for lock"),
    ("itself", "waits for lock \"journal\", which it holds itself"),
    ("orphan", "waits for lock \"cache\", which thread \"worker\" left locked when it ended"),
  ])
  func aProvenCircleIsReportedAtOnce(how: String, words: String) throws {
    let result = try run(how)
    #expect(result.end == .status(23))
    #expect(result.errorOutput.contains("exit is deadlocked: the main thread \(words)"), "\(result.errorOutput)")
    #expect(!result.errorOutput.contains("stalled-exit"))
  }

  @Test(arguments: [
    ("mutex", "the main thread waits for lock \"cache\" held by thread \"worker\""),
    ("rwlock", "the main thread waits for read-write lock \"table\" held by thread \"worker\""),
    ("spin", "the main thread waits for spin lock \"counter\" held by thread \"worker\""),
    ("join", "the main thread waits for thread \"worker\" to end"),
    ("condition", "the main thread was still inside exit(), waiting for condition \"change\""),
    ("semaphore", "the main thread was still inside exit(), waiting for semaphore \"token\""),
    ("pipe", "the main thread was still inside exit(), waiting for the other side of a pipe or socket"),
    ("loop", "the main thread was still inside exit()"),
    // The first thread of the program is made by an exit handler.
    ("late-thread", "the main thread waits for thread 2 (sleep_on) to end"),
  ])
  func anExitThatTakesTooLongIsStalled(how: String, words: String) throws {
    let result = try run(how, options: "--exit-timeout 300ms")
    #expect(result.end == .status(23))
    #expect(result.errorOutput.contains("exit did not end in time: \(words)"), "\(result.errorOutput)")
    #expect(!result.errorOutput.contains("deadlocked"))
  }

  @Test(arguments: ["", "--exit-timeout 30s"])
  func aCircleThatATimeLimitBreaksIsNoDeadlock(options: String) throws {
    let result = try run("circle-with-limit", options: options)
    #expect(result.output == "gave way\n")
    #expect(!result.errorOutput.contains("deadlocked-exit") && !result.errorOutput.contains("stalled-exit"))
  }

  /// Who had its lock waits for a lock of main's; who has that of the stream which is now in its place does not.
  @Test func aStreamThatWasClosedWhileItWasLockedClosesNoCircle() throws {
    let result = try run("renewed-stream")
    #expect(result.output == "took it\n")
    #expect(!result.errorOutput.contains("deadlocked-exit"), "\(result.errorOutput)")
  }

  @Test(arguments: ["", "--exit-timeout 30s"])
  func nothingOfTheWatchShowsInAnExitThatIsOnlySlow(options: String) throws {
    let result = try run("slow", options: options)
    #expect(result.output == "slept\n")
    #expect(!result.errorOutput.contains("stalled-exit"))
  }

  /// Or the watch would take this exit, which has just begun to complete its record, for one that has done so.
  @Test func anExitWhoseTimeRunsOutAsItCompletesItsRecordIsNotInterrupted() throws {
    let result = try run("claimed", options: "--exit-timeout 1500ms")
    #expect(result.end == .status(23))
    #expect(result.output == "claimed\n")
    #expect(result.errorOutput.contains("was abandoned holding lock \"cache\""), "\(result.errorOutput)")
    #expect(!result.errorOutput.contains("stalled-exit"))
  }
}
