// Timeouts that no clock can count: longer than any machine runs, and negative ones.

import Straggler
import Testing

@Suite struct TimeoutTests {
  private static let longest = Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999)
  private static let shortest = Duration(secondsComponent: .min, attosecondsComponent: 0)

  @Test func `A wait of the longest duration lasts until it is ended`() throws {
    let (event, semaphore, lock, condition) = (Event(), Semaphore(0), Lock(), Condition())
    let barrier = try Barrier(parties: 2)
    lock.lock()
    nonisolated(unsafe) var notified = false
    let waiters = [
      Straggler.Thread { #expect(event.wait(timeout: Self.longest)) },
      Straggler.Thread { #expect(semaphore.wait(timeout: Self.longest)) },
      Straggler.Thread { try barrier.wait(timeout: Self.longest) },
      Straggler.Thread { condition.withLock { #expect(condition.wait(timeout: Self.longest) { notified }) } },
    ]
    for waiter in waiters { try waiter.start() }
    #expect(eventually { waiters.allSatisfy(isBlockedOnFutex) })
    event.set()
    semaphore.signal()
    try barrier.wait()
    condition.withLock {
      notified = true
      condition.notifyAll()
    }
    for waiter in waiters { #expect(try waiter.join(timeout: Self.longest)) }
    lock.unlock()
    #expect(lock.lock(timeout: Self.longest))
    lock.unlock()
  }

  @Test(arguments: [Duration.zero, .seconds(-1), Self.shortest])
  func `A wait of no duration looks once`(timeout: Duration) throws {
    let (event, semaphore, lock, condition) = (Event(), Semaphore(1), Lock(), Condition())
    let barrier = try Barrier(parties: 2)
    #expect(!event.wait(timeout: timeout))
    #expect(semaphore.wait(timeout: timeout) && !semaphore.wait(timeout: timeout))
    #expect(lock.lock(timeout: timeout) && !lock.lock(timeout: timeout))
    lock.unlock()
    condition.withLock {
      #expect(!condition.wait(timeout: timeout))
      #expect(condition.wait(timeout: timeout) { true })
    }
    #expect(throws: BarrierError.self) { try barrier.wait(timeout: timeout) }
    let parked = Straggler.Thread(daemon: true) { event.wait() }
    try parked.start()
    #expect(try !parked.join(timeout: timeout))
    event.set()
    try parked.join()
  }
}
