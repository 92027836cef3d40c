// A value with its lock.

import Straggler
import Testing

@Suite struct MutexTests {
  @Test func `Many threads that change a value through its mutex lose no change`() throws {
    let counter = Straggler.Mutex(0, name: "counter")
    let threads = (0..<8).map { _ in
      Straggler.Thread { for _ in 0..<1000 { counter.withLock { $0 += 1 } } }
    }
    for thread in threads { try thread.start() }
    for thread in threads { try thread.join() }
    #expect(counter.withLock { $0 } == 8000)
    #expect(counter.name == "counter")
  }

  @Test func `A mutex that is held is not available to another thread, and is to nobody's harm`() throws {
    let mutex = Straggler.Mutex(1)
    let inside = Event()
    let goOn = Event()
    let holder = Straggler.Thread {
      mutex.withLock { value in
        inside.set()
        goOn.wait()
        value = 2
      }
    }
    try holder.start()
    inside.wait()
    #expect(mutex.withLockIfAvailable { $0 } == nil)
    goOn.set()
    try holder.join()
    #expect(mutex.withLockIfAvailable { $0 } == 2)
  }

  @Test func `Threads that wait for a mutex all get it, one after the other`() throws {
    let mutex = Straggler.Mutex([Int]())
    let threads = try mutex.withLock { _ in
      let threads = (0..<6).map { number in Straggler.Thread { mutex.withLock { $0.append(number) } } }
      for thread in threads { try thread.start() }
      #expect(eventually { threads.allSatisfy(isBlockedOnFutex) })
      return threads
    }
    for thread in threads { #expect(try thread.join(timeout: .seconds(30))) }
    #expect(mutex.withLock { $0.sorted() } == [0, 1, 2, 3, 4, 5])
  }

  @Test func `Mutexes that are held at once are given back in any order`() {
    let outer = Straggler.Mutex(1)
    let inner = Straggler.Mutex(2)
    let sum = outer.withLock { one in
      inner.withLock { other in
        #expect(outer.withLockIfAvailable { _ in } == nil && inner.withLockIfAvailable { _ in } == nil)
        return one + other
      }
    }
    #expect(sum == 3)
    #expect(outer.withLockIfAvailable { $0 } == 1 && inner.withLockIfAvailable { $0 } == 2)
  }

  @Test func `What the body throws comes out, and the mutex is free again`() {
    struct Refused: Error, Equatable {}
    let mutex = Straggler.Mutex([1])
    #expect(throws: Refused()) { try mutex.withLock { (_: inout [Int]) throws(Refused) in throw Refused() } }
    #expect(throws: Refused()) { try mutex.withLockIfAvailable { (_: inout [Int]) throws(Refused) in throw Refused() } }
    #expect(mutex.withLockIfAvailable { $0 } == [1])
  }

  @Test func `A mutex holds values that cannot be copied, and ends them with itself`() {
    let log = Straggler.Mutex<[String]>([])
    do {
      let mutex = Straggler.Mutex(Ticket(log: { entry in log.withLock { $0.append(entry) } }))
      mutex.withLock { $0.punch() }
      #expect(log.withLock { $0 } == ["punched"])
    }
    #expect(log.withLock { $0 } == ["punched", "ended"])
  }

  @Test func `A mutex holds values that need a wide alignment`() {
    let mutex = Straggler.Mutex(SIMD64<UInt8>(repeating: 7))
    mutex.withLock { $0 &+= 1 }
    #expect(mutex.withLock { $0 } == SIMD64<UInt8>(repeating: 8))
  }
}

private struct Ticket: ~Copyable {
  let log: (String) -> Void

  mutating func punch() { log("punched") }

  deinit { log("ended") }
}
