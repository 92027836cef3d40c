// Permits that threads take and give back.

import Straggler
import Synchronization
import Testing

@Suite struct SemaphoreTests {
  @Test func `There are as many permits as were made and given back`() {
    let semaphore = Semaphore(2, name: "slots")
    #expect(semaphore.name == "slots")
    #expect(semaphore.tryWait())
    semaphore.wait()
    #expect(!semaphore.tryWait())
    #expect(!semaphore.wait(timeout: .milliseconds(2)))
    #expect(!semaphore.wait(timeout: .seconds(-1)))
    semaphore.signal(3)
    #expect((0..<4).map { _ in semaphore.tryWait() } == [true, true, true, false])
  }

  @Test func `A permit is given back when the body throws`() {
    struct Refused: Error, Equatable {}
    let semaphore = Semaphore()
    #expect(throws: Refused()) { try semaphore.withPermit { () throws(Refused) in throw Refused() } }
    #expect(semaphore.withPermit { 5 } == 5)
    #expect(semaphore.tryWait())
  }

  @Test func `Each permit given back lets one waiting thread go`() throws {
    let semaphore = Semaphore(0)
    let waiters = (0..<6).map { _ in Straggler.Thread { semaphore.wait() } }
    for waiter in waiters { try waiter.start() }
    #expect(eventually { waiters.allSatisfy(isBlockedOnFutex) })
    semaphore.signal(2)
    #expect(eventually { waiters.filter { !$0.isAlive }.count == 2 })
    semaphore.signal(4)
    for waiter in waiters { try waiter.join() }
    #expect(!semaphore.tryWait())
  }

  @Test func `No more threads are inside than there are permits, and none is left waiting`() throws {
    let semaphore = Semaphore(3)
    let inside = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    let threads = (0..<8).map { _ in
      Straggler.Thread {
        for _ in 0..<2000 {
          semaphore.withPermit {
            most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            inside.subtract(1, ordering: .relaxed)
          }
        }
      }
    }
    for thread in threads { try thread.start() }
    for thread in threads { #expect(try thread.join(timeout: .seconds(60))) }
    #expect(most.load(ordering: .relaxed) <= 3)
  }

  @Test func `A bounded semaphore refuses a permit that nobody took`() throws {
    let semaphore = BoundedSemaphore(2, name: "slots")
    #expect(throws: SemaphoreError.releasedTooOften(name: "slots")) { try semaphore.signal() }
    semaphore.wait()
    #expect(semaphore.wait(timeout: .zero) && !semaphore.tryWait() && !semaphore.wait(timeout: .zero))
    #expect(throws: SemaphoreError.self) { try semaphore.signal(3) }
    try semaphore.signal(2)
    try semaphore.withPermit { #expect(semaphore.tryWait() && !semaphore.tryWait()) }
    try semaphore.signal()
    #expect(throws: SemaphoreError.self) { try semaphore.signal() }
  }

  @Test func `Impossible numbers of permits end the program with a word`() async throws {
    let made = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Semaphore(-1)
    }
    #expect(made.errorText.contains("semaphore initial value must be >= 0; it is -1"))
    let released = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Semaphore().signal(0)
    }
    #expect(released.errorText.contains("n must be one or more; it is 0"))
  }
}
