// Locks: taken by one thread, and by several at once.

import Foundation
import Straggler
import Synchronization

/// What the locks guard. In classes, since noncopyable locks can't be captured.
private final class Ours: Sendable {
  let mutex = Straggler.Mutex(0)
}

private final class Standard: Sendable {
  let mutex = Synchronization.Mutex(0)
}

private final class Foundations: @unchecked Sendable {
  let lock = NSLock()
  var value = 0
}

private typealias Work = (name: String, work: @Sendable (Int) -> Void)

func compareLocks() {
  let (ours, standard, foundations) = (Ours(), Standard(), Foundations())
  let works: [Work] = [
    ("ours", { rounds in for _ in 0..<rounds { ours.mutex.withLock { $0 += 1 } } }),
    ("Synchronization.Mutex", { rounds in for _ in 0..<rounds { standard.mutex.withLock { $0 += 1 } } }),
    ("NSLock, observed", { rounds in for _ in 0..<rounds { foundations.lock.withLock { foundations.value += 1 } } }),
  ]
  let alone = works.map { Side($0.name, $0.work) }
  compare("Mutex.withLock, uncontended", rounds: 20_000, blocks: 301, ours: alone[0], others: Array(alone[1...]))
  for threads in [2, 8] {
    compareContended("Mutex.withLock, \(threads) threads contend", threads: threads, rounds: 200_000, works)
  }
  // Some 400 ns: longer than it takes to look at the lock a few times, shorter than a system call and its wake.
  let longer: [Work] = [
    ("ours", { rounds in for _ in 0..<rounds { ours.mutex.withLock { $0.step(2000) } } }),
    ("Synchronization.Mutex", { rounds in for _ in 0..<rounds { standard.mutex.withLock { $0.step(2000) } } }),
  ]
  compareContended("Mutex.withLock, 2 threads contend, longer sections", threads: 2, rounds: 20_000, longer)
}

extension Int {
  /// Arithmetic that the compiler can't shorten.
  fileprivate mutating func step(_ count: Int) {
    for _ in 0..<count { self = self &* 7 &+ 3 }
  }
}

private func compareContended(_ name: String, threads: Int, rounds: Int, _ works: [Work]) {
  let shared = works.map { contended($0.name, threads: threads, $0.work) }
  compare(name, rounds: rounds, blocks: 21, ours: shared[0], others: Array(shared[1...]))
}

/// The rounds shared out among threads: from the first one's beginning to the last one's end, by their own clocks. The thread
/// that measures may come late itself.
private func contended(_ name: String, threads: Int, _ work: @escaping @Sendable (Int) -> Void) -> Side {
  Side(name: name) { rounds in
    let ready = Gathering(of: threads)
    let times = Times()
    let workers = (0..<threads).map { _ in
      LibraryThread {
        ready.wait()
        let begin = now()
        work(rounds / threads)
        times.add(begin: begin, end: now())
      }
    }
    for worker in workers { worker.join() }
    return times.span
  }
}

/// When threads began and ended.
private final class Times: Sendable {
  private let times = Synchronization.Mutex((begin: Double.infinity, end: 0.0))

  func add(begin: Double, end: Double) {
    times.withLock { $0 = (min($0.begin, begin), max($0.end, end)) }
  }

  var span: Double { times.withLock { $0.end - $0.begin } }
}
