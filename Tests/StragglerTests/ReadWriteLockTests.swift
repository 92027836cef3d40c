// A lock that many readers or one writer hold.

import Straggler
import Testing

@Suite struct ReadWriteLockTests {
  @Test func `Readers share it, a writer has it alone`() throws {
    let lock = ReadWriteLock(name: "catalogue")
    #expect(lock.name == "catalogue")
    lock.withReadLock {
      #expect(lock.tryLockForReading())
      #expect(!lock.tryLockForWriting())
      lock.unlockForReading()
    }
    lock.withWriteLock {
      #expect(!lock.tryLockForReading())
      #expect(!lock.tryLockForWriting())
    }
    #expect(lock.tryLockForWriting())
    lock.unlockForWriting()
  }

  @Test func `A wait for it ends with its timeout`() throws {
    let lock = ReadWriteLock()
    let outcome = Straggler.Mutex<[Bool]>([])
    lock.lockForWriting()
    let other = Straggler.Thread {
      let tried = [lock.lockForReading(timeout: .milliseconds(1)), lock.lockForWriting(timeout: .milliseconds(1))]
      outcome.withLock { $0 = tried }
    }
    try other.start()
    try other.join()
    #expect(outcome.withLock { $0 } == [false, false])
    lock.unlockForWriting()
    #expect(lock.lockForReading(timeout: .zero))
    lock.unlockForReading()
    #expect(lock.lockForWriting(timeout: .zero))
    lock.unlockForWriting()
  }

  @Test func `A writer that waits comes before readers that come later`() throws {
    let lock = ReadWriteLock()
    let written = Event()
    lock.lockForReading()
    let writer = Straggler.Thread { lock.withWriteLock { written.set() } }
    try writer.start()
    #expect(eventually { isBlockedOnFutex(writer) })
    #expect(eventually { !triesToRead(lock) })
    lock.unlockForReading()
    try writer.join()
    #expect(written.isSet && lock.tryLockForReading())
    lock.unlockForReading()
  }

  @Test func `Threads that write what others read lose nothing`() throws {
    let lock = ReadWriteLock()
    nonisolated(unsafe) var (left, right) = (0, 0)
    let differing = Straggler.Mutex(0)
    let writers = (0..<3).map { _ in
      Straggler.Thread {
        for _ in 0..<500 {
          lock.withWriteLock {
            left += 1; right += 1
          }
        }
      }
    }
    let readers = (0..<3).map { _ in
      Straggler.Thread {
        for _ in 0..<500 { lock.withReadLock { if left != right { differing.withLock { $0 += 1 } } } }
      }
    }
    for thread in writers + readers { try thread.start() }
    for thread in writers + readers { try thread.join() }
    #expect(left == 1500 && right == 1500)
    #expect(differing.withLock { $0 } == 0)
  }

  @Test func `To give back what nobody reads or writes ends the program with a word`() async throws {
    let reading = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      ReadWriteLock(name: "catalogue").unlockForReading()
    }
    #expect(reading.errorText.contains("\"catalogue\" for reading: no reader has it"))
    let writing = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      ReadWriteLock().unlockForWriting()
    }
    #expect(writing.errorText.contains("without a name for writing: no writer has it"))
  }
}

/// Whether another thread could take the lock for reading now.
private func triesToRead(_ lock: ReadWriteLock) -> Bool {
  onForeignThread {
    guard lock.tryLockForReading() else { return false }
    lock.unlockForReading()
    return true
  }
}
