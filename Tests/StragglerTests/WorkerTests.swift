// Background threads that can be asked to stop.

import Glibc
import Straggler
import Synchronization
import Testing

@Suite struct WorkerTests {
  @Test func `A worker that is told to stop ends, and was waiting meanwhile`() throws {
    let begun = Event()
    let worker = try Worker(name: "ticker") { stop in
      begun.set()
      while !stop.wait(timeout: .seconds(3600)) {}
    }
    begun.wait()
    #expect(worker.thread.isAlive && worker.thread.daemon && worker.thread.name == "ticker")
    #expect(try worker.stop(within: .seconds(30)))
    #expect(!worker.thread.isAlive)
    #expect(try worker.stop())
  }

  @Test func `A worker that does not heed its signal is not waited for longer than its grace`() throws {
    let goOn = Event()
    let worker = try Worker(grace: .milliseconds(10)) { _ in goOn.wait() }
    #expect(try !worker.stop())
    goOn.set()
    #expect(try worker.stop(within: .seconds(30)))
  }

  @Test func `A worker that has ended is not kept for the exit, whoever ended it`() throws {
    weak var ended: Worker?
    try {
      let worker = try Worker { stop in stop.wait() }
      ended = worker
      worker.requestStop()
      try worker.thread.join()
    }()
    #expect(try Worker { _ in }.stop(within: .seconds(30)))
    #expect(ended == nil)
  }

  @Test func `The exit stops the workers that are left, all at once, before it waits for threads`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let stopped = Straggler.Mutex(0)
      for _ in 0..<3 {
        _ = try Worker { stop in
          stop.wait()
          stopped.withLock { $0 += 1 }
        }
      }
      try Exit.atExit { say("stopped: \(stopped.withLock { $0 })") }
      exit(0)
    }.lines
    #expect(lines == ["stopped: 3"])
  }

  @Test func `A worker that does not end does not keep the process from exiting`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let worker = try Worker(name: "deaf", grace: .milliseconds(10)) { _ in Event().wait() }
      try Exit.atExit { say("alive: \(worker.thread.isAlive)") }
      exit(0)
    }.lines
    #expect(lines == ["alive: true"])
  }

  @Test func `A worker is refused once the exit waits for threads`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try Exit.atExit {
        do throws(ThreadError) {
          _ = try Worker(name: "late") { _ in say("ran") }
        } catch {
          say("\(error == .exitBegun(name: "late"))")
        }
      }
      exit(0)
    }.lines
    #expect(lines == ["true"])
  }
}
