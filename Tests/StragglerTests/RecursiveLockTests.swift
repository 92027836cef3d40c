// A lock that its owner may take again.

import Straggler
import Testing

@Suite struct RecursiveLockTests {
  @Test func `Its owner may take it again, and gives it back as often`() throws {
    let lock = RecursiveLock(name: "tree")
    #expect(lock.depth == 0 && !lock.isOwned)
    lock.withLock {
      lock.withLock { #expect(lock.depth == 2) }
      #expect(lock.tryLock())
      #expect(lock.lock(timeout: .zero))
      #expect(lock.depth == 3 && lock.isOwned)
      lock.unlock()
      lock.unlock()
      #expect(lock.depth == 1)
    }
    #expect(lock.depth == 0 && !lock.isOwned)
    #expect(lock.name == "tree")
  }

  @Test func `Another thread waits until it is free`() throws {
    let lock = RecursiveLock()
    let outcome = Straggler.Mutex<[Bool]>([])
    lock.lock()
    let other = Straggler.Thread {
      let tried = [lock.tryLock(), lock.lock(timeout: .milliseconds(1)), lock.isOwned]
      outcome.withLock { $0 = tried }
      lock.withLock { outcome.withLock { $0.append(lock.isOwned) } }
    }
    try other.start()
    #expect(eventually { outcome.withLock { $0.count == 3 } })
    lock.unlock()
    try other.join()
    #expect(outcome.withLock { $0 } == [false, false, false, true])
  }

  @Test func `Its description names the owner and the depth`() {
    let lock = RecursiveLock(name: "tree")
    #expect(lock.description == "RecursiveLock(\"tree\", unlocked)")
    lock.withLock {
      lock.withLock { #expect(lock.description.hasSuffix(", depth 2)")) }
    }
  }

  @Test func `A thread that ends with it leaves it locked`() throws {
    let lock = RecursiveLock()
    let owner = Straggler.Thread { lock.lock() }
    try owner.start()
    try owner.join()
    #expect(!lock.lock(timeout: .milliseconds(1)))
    // Nobody can give it back any more, and to destroy it is not allowed: it lives as long as the test's process.
    _ = Unmanaged.passRetained(lock)
  }

  @Test func `To give it back without having it ends the program with a word`() async throws {
    let free = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      RecursiveLock(name: "tree").unlock()
    }
    #expect(free.errorText.contains("cannot release un-acquired lock \"tree\""))
    let foreign = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lock = RecursiveLock()
      lock.lock()
      let other = Straggler.Thread { lock.unlock() }
      try other.start()
      try other.join()
    }
    #expect(foreign.errorText.contains("cannot release un-acquired lock without a name"))
  }
}
