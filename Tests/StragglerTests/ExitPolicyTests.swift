// What the exit does when it meets work that is not done.

import Glibc
import Straggler
import Testing

@Suite struct ExitPolicyTests {
  @Test func `The exit waits for a section of a daemon whose policy says so`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let (inside, exiting) = (Event(), Event())
      try Straggler.Thread(daemon: true) {
        try withCriticalSection("transfer", atExit: .wait(upTo: .seconds(30))) {
          inside.set()
          exiting.wait()
          Straggler.sleep(for: .milliseconds(20))
          say("transferred")
        }
        Event().wait()
      }.start()
      inside.wait()
      try Exit.atExit { exiting.set() }
      exit(0)
    }.lines
    #expect(lines == ["transferred"])
  }

  @Test func `The exit waits for a task's section whose policy says so`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let inside = Event()
      Task.detached {
        try await withCriticalSection("upload", atExit: .wait(upTo: .seconds(30))) {
          inside.set()
          try await Task.sleep(for: .milliseconds(20))
          say("uploaded")
        }
      }
      inside.wait()
      exit(0)
    }.lines
    #expect(lines == ["uploaded"])
  }

  @Test func `The exit does not wait longer for a section than its limit, and says so`() async throws {
    // 23: the section that was cut off is found, and fails the run.
    let result = try await #require(processExitsWith: .exitCode(23), observing: [\.standardErrorContent]) {
      let inside = Event()
      try Straggler.Thread(daemon: true) {
        try withCriticalSection("transfer", atExit: .wait(upTo: .milliseconds(10))) {
          inside.set()
          Event().wait()
        }
      }.start()
      inside.wait()
      exit(0)
    }
    #expect(result.errorText.contains("Critical section \"transfer\" is cut off: its limit is over\n"))
  }

  @Test func `A section whose policy is to refuse is not entered once the exit has begun`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try withCriticalSection("before", atExit: .refuse) { say("entered") }
      try Exit.atExitEarly {
        do {
          try withCriticalSection("transfer", atExit: .refuse) { say("lost") }
        } catch CriticalSectionError.exitBegun(let name) {
          say("refused \(name)")
        }
        try withCriticalSection("last words", atExit: .report) { say("entered") }
      }
      exit(0)
    }.lines
    #expect(lines == ["entered", "refused transfer", "entered"])
  }

  @Test func `The exit waits for a thread of the policy wait, but no longer than its limit`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(3), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      try Straggler.Thread(name: "quick", atExit: .wait(upTo: .seconds(30))) {
        try Straggler.Thread.main.join()
        say("quick is done")
      }.start()
      try Straggler.Thread(name: "stuck", atExit: .wait(upTo: .milliseconds(10))) { Event().wait() }.start()
      try Exit.atExit { say("callback") }
      exit(3)
    }
    #expect(result.lines == ["quick is done", "callback"])
    #expect(result.errorText.contains("Thread \"stuck\" is abandoned: its limit is over\n"))
    #expect(!result.errorText.contains("quick"))
  }

  @Test func `A thread's limit begins when nothing else is left to wait for`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(3), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      let goOn = Event()
      let limited = Straggler.Thread(atExit: .wait(upTo: .milliseconds(1))) {
        goOn.wait()
        say("limited is done")
      }
      try limited.start()
      try Straggler.Thread(daemon: false) {
        try Straggler.Thread.main.join()
        Straggler.sleep(for: .milliseconds(100))
        goOn.set()
        try limited.join()
      }.start()
      exit(3)
    }
    #expect(result.lines == ["limited is done"])
    #expect(!result.errorText.contains("its limit is over"))
  }

  @Test func `A limit does not run while a thread that was started within it has to be waited for`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(3), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      let goOn = Event()
      let limited = Straggler.Mutex<Straggler.Thread?>(nil)
      // The exit waits for this one first, and comes to the other one when that one's limit is over.
      try Straggler.Thread(atExit: .wait(upTo: .seconds(3600))) {
        try Straggler.Thread.main.join()
        try Straggler.Thread(daemon: false) {
          Straggler.sleep(for: .milliseconds(100))
          goOn.set()
          try limited.withLock { $0 }?.join()
        }.start()
      }.start()
      let second = Straggler.Thread(atExit: .wait(upTo: .milliseconds(1))) {
        goOn.wait()
        say("limited is done")
      }
      limited.withLock { $0 = second }
      try second.start()
      exit(3)
    }
    #expect(result.lines == ["limited is done"])
    #expect(!result.errorText.contains("its limit is over"))
  }

  @Test func `All threads' limits begin together`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(3), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      for _ in 0..<10 {
        try Straggler.Thread(atExit: .wait(upTo: .seconds(1))) { Event().wait() }.start()
      }
      let begin = ContinuousClock().now
      try Exit.atExit { say("together: \(ContinuousClock().now - begin < .seconds(10))") }
      exit(3)
    }
    #expect(result.lines == ["together: true"])
    #expect(result.errorText.split(separator: "\n").filter { $0.hasSuffix("abandoned: its limit is over") }.count == 10)
  }

  @Test func `A thread of the policy refuse starts before the exit, not within it`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let early = Straggler.Thread(name: "early", atExit: .refuse) {
        say("ran, daemon: \(Straggler.Thread.current.daemon)")
      }
      try early.start()
      try early.join()
      let late = Straggler.Thread(name: "late", atExit: .refuse) { say("lost") }
      try Exit.atExitEarly {
        do throws(ThreadError) { try late.start() } catch { say("\(error == .exitBegun(name: "late"))") }
      }
      exit(0)
    }.lines
    #expect(lines == ["ran, daemon: true", "true"])
  }

  @Test func `A thread of the policy report is a daemon`() {
    #expect(Straggler.Thread(atExit: .report) {}.daemon)
    #expect(!Straggler.Thread(atExit: .wait(upTo: .zero)) {}.daemon)
  }
}
