// Signals that come while the exit waits for threads.

import Glibc
@testable import Straggler
import Testing

@Suite struct ExitInterruptionTests {
  @Test func `SIGINT during the joins names who is abandoned, calls the exit callbacks, and gives the status`()
    async throws
  {
    let result = try await #require(
      processExitsWith: .exitCode(128 + SIGINT), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      takeSignals()
      try Straggler.Thread(name: "importer", daemon: false) { Event().wait() }.start()
      try Straggler.Thread(name: "exporter", daemon: false) {
        try Straggler.Thread.main.join()
        raise(SIGINT)
        Event().wait()
      }.start()
      try Exit.atExit { say("callback") }
      exit(0)
    }
    #expect(result.lines == ["callback"])
    for name in ["importer", "exporter"] {
      #expect(
        result.errorText.contains("Thread \"\(name)\" is abandoned: the exit was interrupted by SIGINT\n"))
    }
  }

  @Test func `SIGTERM during the joins does so too, while the exiting thread waits`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(128 + SIGTERM), observing: [\.standardErrorContent]
    ) {
      takeSignals()
      let exiting = Straggler.Thread.current
      try Straggler.Thread(name: "importer", daemon: false) {
        try Straggler.Thread.main.join()
        _ = eventually { isBlockedOnFutex(exiting) }
        kill(getpid(), SIGTERM)
        Event().wait()
      }.start()
      exit(0)
    }
    #expect(result.errorText.contains("Thread \"importer\" is abandoned: the exit was interrupted by SIGTERM\n"))
  }

  @Test func `A signal before the joins ends the process as ever`() async throws {
    let result = try await #require(
      processExitsWith: .signal(SIGTERM), observing: [\.standardOutputContent]
    ) {
      takeSignals()
      try Exit.atExit { say("callback") }
      raise(SIGTERM)
    }
    // Not that there are no lines: a test that ends by a signal leaves the testing library's own mark.
    #expect(!result.lines.contains { $0.contains("callback") })
  }

  @Test func `A signal that the program ignores or handles does not interrupt the joins`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(4), observing: [\.standardOutputContent]) {
      takeSignals()
      signal(SIGINT, SIG_IGN)
      signal(SIGTERM) { _ in _ = write(STDOUT_FILENO, "handled\n", 8) }
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        raise(SIGINT)
        raise(SIGTERM)
        say("done")
      }.start()
      exit(4)
    }.lines
    #expect(lines == ["handled", "done"])
  }

  @Test func `A signal after the joins ends the process as ever`() async throws {
    let result = try await #require(processExitsWith: .signal(SIGINT), observing: [\.standardOutputContent]) {
      takeSignals()
      try Straggler.Thread(daemon: false) { try Straggler.Thread.main.join() }.start()
      try Exit.atExit {
        raise(SIGINT)
        say("went on")
      }
      exit(0)
    }
    #expect(!result.lines.contains { $0.contains("went on") })
  }

  @Test func `A handler that exits while the exit waits gives the status, and nobody is abandoned`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(9), observing: [\.standardOutputContent]) {
      takeSignals()
      signal(SIGTERM) { _ in exit(9) }
      let exiting = Straggler.Thread.current
      let handle = pthread_self()
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        _ = eventually { isBlockedOnFutex(exiting) }
        pthread_kill(handle, SIGTERM)
        say("done")
      }.start()
      try Exit.atExit { say("callback") }
      exit(0)
    }.lines
    #expect(lines == ["done", "callback"])
  }

  @Test func `A handler that exits in the middle of the runtime leaves its part of the exit out, and says so`()
    async throws
  {
    let result = try await #require(
      processExitsWith: .exitCode(9), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      takeSignals()
      endIfStuck()
      signal(SIGTERM) { _ in exit(9) }
      try Exit.atExit { say("callback") }
      Runtime.withLock { _, _ in _ = raise(SIGTERM) }
    }
    #expect(!result.lines.contains { $0.contains("callback") })
    #expect(result.errorText.contains("The exit calls no callback and waits for no thread: a signal's handler"))
  }

  @Test func `A handler that the program installs while the exit waits stays`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(4), observing: [\.standardOutputContent]) {
      takeSignals()
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        signal(SIGTERM) { _ in _ = write(STDOUT_FILENO, "handled\n", 8) }
      }.start()
      try Exit.atExit {
        raise(SIGTERM)
        say("went on")
      }
      exit(4)
    }.lines
    #expect(lines == ["handled", "went on"])
  }

  @Test func `A handler of the exit's that the program puts back after the wait does not swallow signals`()
    async throws
  {
    let result = try await #require(processExitsWith: .signal(SIGTERM), observing: [\.standardOutputContent]) {
      takeSignals()
      let former = Straggler.Mutex(sigaction())
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        _ = former.withLock { sigaction(SIGTERM, nil, &$0) }
      }.start()
      try Exit.atExit {
        _ = former.withLock { sigaction(SIGTERM, &$0, nil) }
        raise(SIGTERM)
        say("went on")
      }
      exit(4)
    }
    #expect(!result.lines.contains { $0.contains("went on") })
  }

  @Test func `A child that is forked while the exit waits is ended by a signal`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      takeSignals()
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        for signal in [SIGINT, SIGTERM] {
          let status = waitStatusOfChild {
            raise(signal)
            say("went on")
          }
          say("\(status == signal)")
        }
      }.start()
      exit(0)
    }.lines
    #expect(lines == ["true", "true"])
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "it ends a child that starts a thread (LLVM 21)"))
  func `A child that is forked after an interruption waits for its threads and has its own status`() async throws {
    let lines = try await #require(
      processExitsWith: .exitCode(128 + SIGINT), observing: [\.standardOutputContent]
    ) {
      takeSignals()
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        raise(SIGINT)
        Event().wait()
      }.start()
      try Exit.atExit {
        let status = waitStatusOfChild {
          do {
            try Straggler.Thread(daemon: false) {
              try Straggler.Thread.main.join()
              say("thread of the child")
            }.start()
          } catch { say("\(error)") }
        }
        say("child's status: \(status)")
      }
      exit(0)
    }.lines
    #expect(lines == ["thread of the child", "child's status: 0"])
  }
}

/// Forks, runs `body` in the child, which then exits, waits for its end, and returns its wait status.
private func waitStatusOfChild(_ body: () -> Void) -> CInt {
  let child = fork()
  if child == 0 {
    endIfStuck()
    body()
    exit(0)
  }
  var status: CInt = 0
  precondition(child > 0 && waitpid(child, &status, 0) == child, "fork or waitpid failed: \(errno)")
  return status
}
