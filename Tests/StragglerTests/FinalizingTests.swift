// What daemons and late callers meet once the exit is finalizing.
//
// C's exit handlers run after that: a handler that is registered before the runtime is first used looks at what is
// left.

import Glibc
import Straggler
import Testing

/// What the C exit handler of a test's program does.
nonisolated(unsafe) private var afterFinalizing: () throws -> Void = {}

private func onceFinalizing(_ look: @escaping () throws -> Void) {
  afterFinalizing = look
  atexit {
    do { try afterFinalizing() } catch { say("\(error)") }
  }
}

@Suite struct FinalizingTests {
  @Test func `A daemon that wakes after finalizing stops for good`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let wake = Event()
      nonisolated(unsafe) var daemon: Straggler.Thread?
      onceFinalizing {
        wake.set()
        guard let daemon else { return }
        say("stopped: \(eventually { isPaused(daemon) }), alive: \(daemon.isAlive)")
      }
      let thread = Straggler.Thread(daemon: true) {
        defer { say("unwound") }
        wake.wait()
        say("went on")
      }
      daemon = thread
      try thread.start()
      exit(0)
    }.lines
    #expect(lines == ["stopped: true, alive: true"])
  }

  @Test func `A daemon that finishes its lock after finalizing gives it back and stops`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let (mutex, lock) = (Shared(0), Lock())
      nonisolated(unsafe) var daemons: [Straggler.Thread] = []
      onceFinalizing {
        say("stopped: \(eventually { daemons.allSatisfy(isPaused) })")
        say("free: \(mutex.value.withLockIfAvailable { _ in true } == true), \(lock.tryLock())")
      }
      daemons = [
        Straggler.Thread(daemon: true) { while true { mutex.value.withLock { $0 += 1 } } },
        Straggler.Thread(daemon: true) { while true { lock.withLock {} } },
      ]
      for daemon in daemons { try daemon.start() }
      exit(0)
    }.lines
    #expect(lines == ["stopped: true", "free: true, true"])
  }

  @Test func `A daemon that is given a lock after finalizing does not keep it`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let lock = Lock()
      nonisolated(unsafe) var daemon: Straggler.Thread?
      onceFinalizing {
        guard let daemon else { return }
        lock.unlock()
        say("stopped: \(eventually { isPaused(daemon) }), free: \(lock.tryLock())")
      }
      lock.lock()
      let thread = Straggler.Thread(daemon: true) {
        lock.lock()
        say("got it")
      }
      daemon = thread
      try thread.start()
      _ = eventually { isBlockedOnFutex(thread) }
      exit(0)
    }.lines
    #expect(lines == ["stopped: true, free: true"])
  }

  @Test func `Nothing starts, is registered or is waited for after finalizing`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      nonisolated(unsafe) var daemon: Straggler.Thread?
      onceFinalizing {
        guard let daemon else { return }
        let late = Straggler.Thread(name: "late") {}
        do throws(ThreadError) { try late.start() } catch { say("start: \(error == .finalizing(name: "late"))") }
        do throws(ThreadError) { try daemon.join() } catch { say("join: \(error == .finalizing(name: "parked"))") }
        do throws(ThreadError) { _ = try daemon.join(timeout: .seconds(10)) } catch { say("timed join: error") }
        do throws(ExitError) { try Exit.atExit {} } catch { say("atExit: \(error == .tooLate(kind: .exitCallback))") }
        do throws(ExitError) { try Exit.atExitEarly {} } catch { say("atExitEarly: error") }
      }
      let thread = Straggler.Thread(name: "parked", daemon: true) { Event().wait() }
      daemon = thread
      try thread.start()
      exit(0)
    }.lines
    #expect(lines == ["start: true", "join: true", "timed join: error", "atExit: true", "atExitEarly: error"])
  }

  @Test func `A thread that had ended can still be joined, and free locks taken, after finalizing`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      nonisolated(unsafe) var ended: [Straggler.Thread] = []
      onceFinalizing {
        for thread in ended { try thread.join() }
        Lock().withLock { say("joined and locked") }
        Straggler.sleep(for: .milliseconds(1))
        say("slept")
      }
      for daemon in [true, false] {
        let thread = Straggler.Thread(daemon: daemon) {}
        ended.append(thread)
        try thread.start()
        _ = eventually { !thread.isAlive }
      }
      exit(0)
    }.lines
    #expect(lines == ["joined and locked", "slept"])
  }

  @Test func `A thread of another library goes on after finalizing`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      onceFinalizing {
        let isThere = onForeignThread { Straggler.Thread.current.daemon && Lock().withLock { true } }
        say("went on: \(isThere)")
      }
      try Exit.atExit {}
      exit(0)
    }.lines
    #expect(lines == ["went on: true"])
  }
}

/// A mutex that closures can share.
private final class Shared<Value>: Sendable {
  let value: Straggler.Mutex<Value>

  init(_ value: sending Value) {
    self.value = Straggler.Mutex(value)
  }
}
