// A lock without a value.

import Straggler
import Testing

@Suite struct LockTests {
  @Test func `A lock that is held is not taken again until it is given back`() {
    let lock = Lock(name: "gate")
    #expect(lock.name == "gate")
    #expect(!lock.isLocked)
    lock.lock()
    #expect(lock.isLocked)
    #expect(!lock.tryLock())
    #expect(!lock.lock(timeout: .milliseconds(5)))
    #expect(!lock.lock(timeout: .seconds(-1)))
    lock.unlock()
    #expect(!lock.isLocked)
    #expect(lock.tryLock())
    lock.unlock()
    #expect(lock.lock(timeout: .zero))
    lock.unlock()
  }

  @Test func `Threads that share a lock are inside one after the other`() throws {
    let lock = Lock()
    nonisolated(unsafe) var count = 0
    let threads = (0..<4).map { _ in
      Straggler.Thread { for _ in 0..<1000 { lock.withLock { count += 1 } } }
    }
    for thread in threads { try thread.start() }
    for thread in threads { try thread.join() }
    #expect(count == 4000)
  }

  @Test func `What the body throws comes out, and the lock is free again`() {
    struct Refused: Error, Equatable {}
    let lock = Lock()
    #expect(throws: Refused()) { try lock.withLock { () throws(Refused) in throw Refused() } }
    #expect(!lock.isLocked)
    #expect(lock.withLock { 5 } == 5)
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "it takes an unlock by another thread for a mistake"))
  func `A lock can be given back by another thread`() throws {
    let lock = Lock()
    lock.lock()
    let other = Straggler.Thread { lock.unlock() }
    try other.start()
    try other.join()
    #expect(lock.tryLock())
    lock.unlock()
  }

  @Test func `A thread that waits for a lock gets it when it is given back`() throws {
    let lock = Lock()
    let got = Event()
    lock.lock()
    let waiter = Straggler.Thread {
      if lock.lock(timeout: .seconds(30)) {
        got.set()
        lock.unlock()
      }
    }
    try waiter.start()
    #expect(eventually { isBlockedOnFutex(waiter) })
    lock.unlock()
    #expect(got.wait(timeout: .seconds(10)))
    try waiter.join()
  }

  @Test func `Giving back a lock that nobody holds ends the program`() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Lock(name: "gate").unlock()
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("release unlocked lock \"gate\""))
  }
}
