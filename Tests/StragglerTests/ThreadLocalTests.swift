// Variables of which each thread has its own.

import Straggler
import Testing

@Suite struct ThreadLocalTests {
  @Test func `Each thread has a value of its own, made when it first asks`() throws {
    let made = Straggler.Mutex(0)
    let local = ThreadLocal(
      made.withLock {
        $0 += 1; return $0 * 100
      })
    let seen = Straggler.Mutex<[Int]>([])
    let threads = (0..<4).map { _ in
      Straggler.Thread {
        for _ in 0..<10 { local.value += 1 }
        seen.withLock { $0.append(local.value) }
      }
    }
    for thread in threads { try thread.start() }
    for thread in threads { try thread.join() }
    #expect(seen.withLock { $0.sorted() } == [110, 210, 310, 410])
  }

  @Test func `A thread's value is released when it ends, and the others stay`() throws {
    let released = Count()
    let local = ThreadLocal(Witness(released))
    onForeignThread { _ = local.value }
    #expect(released.now == 1)
    let thread = Straggler.Thread { _ = local.value }
    try thread.start()
    try thread.join()
    #expect(released.now == 2)
    _ = local.value
    #expect(released.now == 2)
  }

  @Test func `All values are released with the variable`() throws {
    let released = Count()
    let (mine, goOn) = (Event(), Event())
    var local: ThreadLocal<Witness>? = ThreadLocal(Witness(released))
    weak let other = local
    let thread = Straggler.Thread {
      _ = other?.value
      mine.set()
      goOn.wait()
    }
    try thread.start()
    mine.wait()
    local = nil
    #expect(released.now == 1)
    goOn.set()
    try thread.join()
    #expect(released.now == 1)
  }

  @Test func `A value may be made from another thread-local value`() {
    let first = ThreadLocal(2)
    let second = ThreadLocal(first.value * 3)
    #expect(second.value == 6)
  }
}

/// Counts its own end.
private final class Witness: Sendable {
  private let count: Count

  init(_ count: Count) {
    self.count = count
  }

  deinit {
    count.value.withLock { $0 += 1 }
  }
}

private final class Count: Sendable {
  let value = Straggler.Mutex(0)

  var now: Int { value.withLock { $0 } }
}
