// The exit sequence, seen from outside: each test is a program that ends, and the lines that it printed.

import Glibc
import Straggler
import Testing

@Suite struct ExitTests {
  @Test func `Early callbacks come first, then the joins, then the exit callbacks, each newest first`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(7), observing: [\.standardOutputContent]) {
      try Exit.atExit { say("exit, old") }
      try Exit.atExit { say("exit, new") }
      try Exit.atExitEarly { say("early, old") }
      let exiting = Event()
      try Exit.atExitEarly {
        say("early, new")
        exiting.set()
      }
      try Straggler.Thread(daemon: false) {
        exiting.wait()
        try Straggler.Thread.main.join()
        say("thread")
      }.start()
      exit(7)
    }.lines
    #expect(lines == ["early, new", "early, old", "thread", "exit, new", "exit, old"])
  }

  @Test func `The exit waits for threads that are started while it waits`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        try Straggler.Thread {
          say("second")
          try Straggler.Thread { say("third") }.start()
        }.start()
        say("first")
      }.start()
      exit(0)
    }.lines
    #expect(lines.sorted() == ["first", "second", "third"])
  }

  @Test func `The exit waits for a thread that an exit callback starts`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try Exit.atExit { say("older callback") }
      try Exit.atExit {
        let older = Event()
        try Exit.atExit {
          say("callback of a callback")
          older.set()
        }
        try Straggler.Thread(daemon: false) {
          older.wait()
          say("thread of a callback")
          try Exit.atExit { say("callback of that thread") }
        }.start()
      }
      exit(0)
    }.lines
    #expect(lines.contains("thread of a callback"))
    #expect(lines.filter { $0.contains("callback") }.count == 4)
    #expect(lines.first == "callback of a callback")
  }

  @Test func `A callback that throws is reported, and neither stops the rest nor changes the status`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(3), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      struct Broken: Error {}
      try Exit.atExit { say("exit") }
      try Exit.atExit { throw Broken() }
      try Exit.atExitEarly { say("early") }
      try Exit.atExitEarly { throw Broken() }
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        say("thread")
      }.start()
      exit(3)
    }
    #expect(result.lines == ["early", "thread", "exit"])
    #expect(result.errorText.contains("Exception ignored in early exit callback: Broken()\n"))
    #expect(result.errorText.contains("Exception ignored in exit callback: Broken()\n"))
  }

  @Test func `An early callback that comes once the exit waits for threads is refused`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try Exit.atExit {
        do throws(ExitError) {
          try Exit.atExitEarly { say("lost") }
        } catch {
          say("\(error == .tooLate(kind: .earlyCallback))")
        }
      }
      exit(0)
    }.lines
    #expect(lines == ["true"])
  }

  @Test func `The main thread counts as ended after the early callbacks, and stays in the list`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try Exit.atExitEarly { say("early: \(Straggler.Thread.main.isAlive)") }
      try Exit.atExit {
        let main = Straggler.Thread.main
        say("exit: \(main.isAlive), listed: \(Straggler.Thread.all.contains { $0 === main })")
      }
      exit(0)
    }.lines
    #expect(lines == ["early: true", "exit: false, listed: true"])
  }

  @Test func `The exit does not wait for daemons, which run on during the callbacks`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let (ask, answer, never) = (Event(), Event(), Event())
      let daemon = Straggler.Thread(daemon: true) {
        ask.wait()
        answer.set()
        never.wait()
      }
      try daemon.start()
      try Exit.atExit {
        ask.set()
        answer.wait()
        say("the daemon answered, alive: \(daemon.isAlive)")
      }
      exit(0)
    }.lines
    #expect(lines == ["the daemon answered, alive: true"])
  }

  @Test func `A thread of the runtime that calls exit is not waited for, others are`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(5), observing: [\.standardOutputContent]) {
      try Exit.atExit { say("callback") }
      let goOn = Event()
      let caller = Straggler.Thread(daemon: false) {
        goOn.wait()
        exit(5)
      }
      try caller.start()
      try Straggler.Thread(daemon: false) {
        try caller.join()
        say("the caller counts as ended: \(!caller.isAlive)")
      }.start()
      goOn.set()
      await Task.parked()
    }.lines
    #expect(lines == ["the caller counts as ended: true", "callback"])
  }

  @Test func `A daemon that calls exit goes through the whole sequence`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(5), observing: [\.standardOutputContent]) {
      let mutex = Straggler.Mutex(1)
      try Exit.atExit { say("callback \(mutex.withLock { $0 })") }
      try Straggler.Thread(daemon: true) { exit(5) }.start()
      await Task.parked()
    }.lines
    #expect(lines == ["callback 1"])
  }

  @Test func `An exit callback that calls exit has the last word on the status`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(9), observing: [\.standardOutputContent]) {
      try Exit.atExit {
        say("callback")
        exit(9)
      }
      exit(0)
    }.lines
    #expect(lines == ["callback"])
  }

  @Test func `_exit runs no callback and waits for no thread`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(4), observing: [\.standardOutputContent]) {
      try Exit.atExit { say("callback") }
      try Exit.atExitEarly { say("early callback") }
      try Straggler.Thread(daemon: false) { Event().wait() }.start()
      say("end")
      _exit(4)
    }.lines
    #expect(lines == ["end"])
  }
}
