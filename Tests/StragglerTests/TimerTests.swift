// Work that is done later, or not.

import Glibc
import Straggler
import Synchronization
import Testing

@Suite struct TimerTests {
  @Test func `A timer calls its body once, when its time has come`() throws {
    let calls = Atomic<Int>(0)
    let timer = Straggler.Timer(after: .milliseconds(20), name: "alarm") { calls.add(1, ordering: .relaxed) }
    let clock = ContinuousClock()
    let begin = clock.now
    try timer.start()
    try timer.join()
    #expect(clock.now - begin >= .milliseconds(20))
    #expect(calls.load(ordering: .relaxed) == 1 && timer.isFinished)
    #expect(timer.thread.name == "alarm")
  }

  @Test func `A cancelled timer ends at once and calls nothing`() throws {
    let calls = Atomic<Int>(0)
    let timer = Straggler.Timer(after: .seconds(3600)) { calls.add(1, ordering: .relaxed) }
    try timer.start()
    #expect(!timer.isFinished)
    timer.cancel()
    #expect(try timer.join(timeout: .seconds(30)))
    #expect(calls.load(ordering: .relaxed) == 0 && timer.isFinished)
  }

  @Test func `A timer that is cancelled just as it fires calls its body or does not, and ends`() throws {
    for round in 0..<200 {
      let calls = Atomic<Int>(0)
      let timer = Straggler.Timer(after: .microseconds(round)) { calls.add(1, ordering: .relaxed) }
      try timer.start()
      Straggler.sleep(for: .microseconds(round))
      timer.cancel()
      #expect(timer.isFinished)
      let isJoined = try timer.join(timeout: .seconds(30))
      let called = calls.load(ordering: .relaxed)
      #expect(isJoined && called <= 1)
    }
  }

  @Test func `A timer is finished, and ended, when its body throws`() throws {
    let timer = Straggler.Timer(after: .seconds(-1)) { throw CancellationError() }
    try timer.start()
    try timer.join()
    #expect(timer.isFinished)
  }

  @Test func `A timer is started once, and a daemon as its maker is`() throws {
    let inherited = Straggler.Mutex<Bool?>(nil)
    let maker = Straggler.Thread(daemon: true) {
      let timer = Straggler.Timer(after: .zero) {}
      inherited.withLock { $0 = timer.thread.daemon }
    }
    try maker.start()
    try maker.join()
    #expect(inherited.withLock { $0 } == true)
    let timer = Straggler.Timer(after: .zero, name: "alarm") {}
    try timer.start()
    #expect(throws: ThreadError.alreadyStarted(name: "alarm")) { try timer.start() }
    try timer.join()
  }

  @Test func `The exit waits for a timer, which fires`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let timer = Straggler.Timer(after: .milliseconds(50), daemon: false) { say("fired") }
      say("end of main")
      try timer.start()
      exit(0)
    }.lines
    #expect(lines == ["end of main", "fired"])
  }
}
