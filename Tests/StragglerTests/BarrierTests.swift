// A meeting point of threads.

import Straggler
import Synchronization
import Testing

@Suite struct BarrierTests {
  @Test func `No thread goes on before all have come, round after round, and each has a number of its own`() throws {
    let barrier = try Barrier(parties: 4, name: "rounds")
    let arrived = Atomic<Int>(0)
    let early = Atomic<Int>(0)
    let numbers = Straggler.Mutex<[[Int]]>(Array(repeating: [], count: 100))
    let threads = (0..<4).map { _ in
      Straggler.Thread {
        for round in 0..<100 {
          arrived.add(1, ordering: .relaxed)
          let number = try barrier.wait()
          if arrived.load(ordering: .relaxed) < (round + 1) * 4 { early.add(1, ordering: .relaxed) }
          numbers.withLock { $0[round].append(number) }
        }
      }
    }
    for thread in threads { try thread.start() }
    for thread in threads { try thread.join() }
    #expect(early.load(ordering: .relaxed) == 0)
    #expect(numbers.withLock { $0 }.allSatisfy { $0.sorted() == [0, 1, 2, 3] })
    #expect(barrier.waiting == 0 && !barrier.isBroken && barrier.parties == 4 && barrier.name == "rounds")
  }

  @Test func `Who comes while the action runs waits for the next round`() throws {
    let (acting, goOn) = (Event(), Event())
    let rounds = Atomic<Int>(0)
    let barrier = try Barrier(parties: 2) {
      rounds.add(1, ordering: .relaxed)
      acting.set()
      goOn.wait()
    }
    let numbers = Straggler.Mutex<[Int]>([])
    let threads = (0..<4).map { _ in
      Straggler.Thread {
        let number = try barrier.wait()
        numbers.withLock { $0.append(number) }
      }
    }
    for thread in threads[..<2] { try thread.start() }
    acting.wait()
    for thread in threads[2...] { try thread.start() }
    #expect(eventually { threads.allSatisfy { isBlockedOnFutex($0) } })
    #expect(numbers.withLock { $0.isEmpty } && barrier.waiting == 2)
    goOn.set()
    for thread in threads { try thread.join() }
    #expect(numbers.withLock { $0.sorted() } == [0, 0, 1, 1] && rounds.load(ordering: .relaxed) == 2)
  }

  @Test func `Many more threads than parties meet two by two`() throws {
    let barrier = try Barrier(parties: 2)
    let waits = Atomic<Int>(0)
    let wrong = Atomic<Int>(0)
    let threads = (0..<6).map { _ in
      Straggler.Thread {
        // An even number of waits in all, so that nobody is left alone.
        while waits.add(1, ordering: .relaxed).newValue <= 6000 {
          if try barrier.wait() > 1 { wrong.add(1, ordering: .relaxed) }
        }
      }
    }
    for thread in threads { try thread.start() }
    for thread in threads { try thread.join() }
    #expect(wrong.load(ordering: .relaxed) == 0 && !barrier.isBroken && barrier.waiting == 0)
  }

  @Test func `A timeout that is over while the action runs breaks nothing: all have come`() throws {
    let acting = Event()
    let barrier = try Barrier(parties: 2) {
      acting.set()
      // As long as it takes for the other one's timeout to be over.
      _ = Event().wait(timeout: .milliseconds(300))
    }
    let number = Straggler.Mutex<Int?>(nil)
    let thread = Straggler.Thread {
      let own = try barrier.wait(timeout: .milliseconds(100))
      number.withLock { $0 = own }
    }
    try thread.start()
    #expect(eventually { barrier.waiting == 1 })
    #expect(try barrier.wait() == 1)
    try thread.join()
    #expect(number.withLock { $0 } == 0 && !barrier.isBroken)
  }

  @Test func `The action runs once a round, before any thread goes on`() throws {
    let runs = Atomic<Int>(0)
    let barrier = try Barrier(parties: 3) { runs.add(1, ordering: .relaxed) }
    let seen = Straggler.Mutex<[Int]>([])
    let threads = (0..<3).map { _ in
      Straggler.Thread {
        try barrier.wait()
        seen.withLock { $0.append(runs.load(ordering: .relaxed)) }
      }
    }
    for thread in threads { try thread.start() }
    for thread in threads { try thread.join() }
    #expect(seen.withLock { $0 } == [1, 1, 1])
  }

  @Test func `A thread that gives up breaks the barrier, for those that wait and those that come`() throws {
    let barrier = try Barrier(parties: 3, name: "gate")
    let broken = Atomic<Int>(0)
    let waiter = Straggler.Thread {
      do { try barrier.wait() } catch BarrierError.broken(name: "gate") { broken.add(1, ordering: .relaxed) }
    }
    try waiter.start()
    #expect(eventually { barrier.waiting == 1 })
    #expect(throws: BarrierError.broken(name: "gate")) { try barrier.wait(timeout: .milliseconds(5)) }
    try waiter.join()
    #expect(broken.load(ordering: .relaxed) == 1)
    #expect(barrier.isBroken)
    #expect(throws: BarrierError.broken(name: "gate")) { try barrier.wait() }
    barrier.reset()
    #expect(!barrier.isBroken)
  }

  @Test(arguments: [true, false])
  func `Abort and reset send those away that wait`(isAbort: Bool) throws {
    let barrier = try Barrier(parties: 2)
    let broken = Atomic<Int>(0)
    let waiter = Straggler.Thread {
      do { try barrier.wait() } catch is BarrierError { broken.add(1, ordering: .relaxed) }
    }
    try waiter.start()
    #expect(eventually { barrier.waiting == 1 })
    if isAbort { barrier.abort() } else { barrier.reset() }
    try waiter.join()
    #expect(broken.load(ordering: .relaxed) == 1)
    #expect(barrier.isBroken == isAbort)
  }

  @Test func `An action that throws breaks the barrier, and its thread gets the error`() throws {
    struct Refused: Error {}
    let barrier = try Barrier(parties: 1) { throw Refused() }
    #expect(throws: Refused.self) { try barrier.wait() }
    #expect(barrier.isBroken)
    barrier.reset()
    #expect(!barrier.isBroken)
  }

  @Test func `A barrier for nobody is an error`() {
    #expect(throws: BarrierError.noParties(0)) { try Barrier(parties: 0) }
    #expect(BarrierError.noParties(0).description.contains("parties must be > 0"))
  }
}
