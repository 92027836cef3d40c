import Foundation
import Journal
import StragglerTesting
import Testing

/// Whether the guide's fix is made: what a test starts, it ends. stranger.py runs the package before and after.
private let isMended = ProcessInfo.processInfo.environment["JOURNAL_MENDED"] != nil

/// stranger.py asks for it.
private let blocksQueue = ProcessInfo.processInfo.environment["JOURNAL_BLOCKS_QUEUE"] != nil

@Suite(.noStragglers(grace: .milliseconds(300))) struct JournalTests {
  @Test func `leaves its writer`() {
    let journal = Journal()
    journal.start("leaked-writer")
    if isMended { journal.close() }
  }

  @Test func `leaves its writer, started in a task of its own`() async {
    let journal = Journal()
    await Task { journal.start("leaked-by-task") }.value
    if isMended { journal.close() }
  }

  @Test func `leaves a writer that its thread started`() {
    let journal = Journal()
    let started = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      journal.start("made-by-thread")
      started.signal()
    }
    started.wait()
    if isMended { journal.close() }
  }

  @Test func `closes what it opened`() {
    let journal = Journal()
    journal.start("closed-writer")
    journal.close()
  }

  @Test(.noStragglers(grace: .seconds(60))) func `closes a little later`() {
    let journal = Journal()
    journal.start("late-writer")
    Thread.detachNewThread {
      usleep(50_000)
      journal.close()
    }
  }

  @Test(.noStragglers(ignoring: [.thread("ignored-*")])) func `ignores what it is told to`() {
    let journal = Journal()
    journal.start("ignored-writer")
    if isMended { journal.close() }
  }
}

/// What a block on a Dispatch queue leaves is laid at the door of the tests that ran since, and of none that comes later.
@Suite(.serialized, .noStragglers(grace: .milliseconds(100)), .enabled(if: blocksQueue)) struct QueueTests {
  private static let lock = NSLock()

  @Test func `blocks a queue`() {
    let locked = DispatchSemaphore(value: 0)
    DispatchQueue(label: "blocked").async {
      Self.lock.lock()
      locked.signal()
      DispatchSemaphore(value: 0).wait()
    }
    locked.wait()
  }

  @Test func `comes after a blocked queue`() {}

  @Test(.noStragglers(ignoring: [.thread("*")])) func `comes after it, with options of its own`() {}
}

/// They run while the leaking ones do, and have threads of their own that hold something all the time.
@Suite(.noStragglers(grace: .milliseconds(300))) struct CleanTests {
  @Test(arguments: 0..<8) func `holds a lock in a thread of its own, and ends it`(number: Int) async throws {
    let journal = Journal()
    journal.start("clean-\(number)")
    try await Task.sleep(for: .milliseconds(100))
    journal.close()
  }

  @Test(arguments: 0..<4) func `runs in pieces on many pool threads`(number: Int) async {
    let lock = NSLock()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          lock.withLock {}
          await Task.yield()
        }
      }
    }
  }
}
