// Waiting for a condition, each in its turn.

import Straggler
import Testing

@Suite struct ConditionTests {
  @Test func `A notified thread goes on, in the order in which the threads began to wait`() throws {
    let condition = Condition(name: "turn")
    let order = Straggler.Mutex<[Int]>([])
    var waiters: [Straggler.Thread] = []
    for number in 0..<5 {
      let waiter = Straggler.Thread {
        condition.withLock {
          condition.wait()
          order.withLock { $0.append(number) }
        }
      }
      try waiter.start()
      #expect(eventually { isBlockedOnFutex(waiter) })
      waiters.append(waiter)
    }
    for number in 0..<4 {
      condition.withLock { condition.notify() }
      try waiters[number].join()
    }
    #expect(order.withLock { $0 } == [0, 1, 2, 3])
    condition.withLock { condition.notify() }
    try waiters[4].join()
  }

  @Test func `Notifying several lets that many go, notifying all lets all go`() throws {
    let condition = Condition()
    let gone = Straggler.Mutex(0)
    let waiters = (0..<6).map { _ in
      Straggler.Thread {
        condition.withLock {
          condition.wait()
          gone.withLock { $0 += 1 }
        }
      }
    }
    for waiter in waiters { try waiter.start() }
    #expect(eventually { waiters.allSatisfy(isBlockedOnFutex) })
    condition.withLock { condition.notify(2) }
    #expect(eventually { waiters.filter { !$0.isAlive }.count == 2 })
    #expect(gone.withLock { $0 } == 2)
    condition.withLock { condition.notifyAll() }
    for waiter in waiters { try waiter.join() }
    #expect(gone.withLock { $0 } == 6)
  }

  @Test func `A wait that is not notified ends with its timeout, and is not notified later`() {
    let condition = Condition()
    condition.withLock {
      #expect(!condition.wait(timeout: .milliseconds(5)))
      #expect(!condition.wait(timeout: .seconds(-1)))
      condition.notify()
      #expect(!condition.wait(timeout: .zero))
    }
  }

  @Test func `A wait for a predicate ends when it holds, and says what it said last`() throws {
    let condition = Condition()
    nonisolated(unsafe) var value = 0
    let setter = Straggler.Thread {
      for _ in 0..<3 {
        condition.withLock {
          value += 1; condition.notifyAll()
        }
      }
    }
    condition.lock()
    try setter.start()
    condition.wait(until: { value == 3 })
    #expect(value == 3)
    #expect(!condition.wait(timeout: .milliseconds(5), until: { value == 4 }))
    #expect(condition.wait(timeout: .seconds(30), until: { value == 3 }))
    condition.unlock()
    try setter.join()
  }

  @Test func `What a predicate throws comes out, with the lock held`() {
    struct Refused: Error {}
    let condition = Condition()
    condition.withLock {
      #expect(throws: Refused.self) { try condition.wait(until: { () throws(Refused) in throw Refused() }) }
      #expect(condition.isOwned)
    }
    #expect(!condition.isOwned)
  }

  @Test func `To wait out of turn ends the program with a word`() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Condition().wait()
    }
    #expect(result.errorText.contains("cannot wait on un-acquired lock of condition without a name"))
  }

  @Test func `To notify out of turn ends the program with a word`() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Condition(name: "queue").notify()
    }
    #expect(result.errorText.contains("cannot notify on un-acquired lock of condition \"queue\""))
  }

  @Test func `To take its lock twice ends the program with a word`() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let condition = Condition()
      condition.lock()
      condition.lock()
    }
    #expect(result.errorText.contains("cannot take the lock of condition without a name twice"))
  }
}
