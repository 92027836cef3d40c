// What a check finds of what is really held, and how it says it.

import Foundation
import Straggler
import Testing

@testable import StragglerTesting

/// Checks share what they know of each other: one at a time.
@Suite(.serialized) struct LeftoverCheckTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "straggler-\(UUID().uuidString)")
  private let options = CheckOptions(grace: .milliseconds(20), exemptions: [], countsIdleThreads: false)

  /// A block on a Dispatch queue that opens a file, and keeps it until it is told to close it.
  private final class Opener: Sendable {
    private let (opened, close, closed) = (Event(), Event(), Event())

    init(_ path: String) {
      DispatchQueue(label: "opener").async { [opened, close, closed] in
        let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        #expect(file >= 0)
        opened.set()
        close.wait()
        Glibc.close(file)
        closed.set()
      }
      opened.wait()
    }

    func end() {
      close.set()
      closed.wait()
    }
  }

  /// The files in the test's folder that a check's looks find, each with who may have left it.
  private func files(_ check: consuming LeftoverCheck) throws -> [String: Leftover.Author] {
    while let delay = try check.look() { Straggler.sleep(for: delay) }
    let mine = check.end().filter { $0.finding.resource?.path?.hasPrefix(folder.path) ?? false }
    return Dictionary(uniqueKeysWithValues: mine.map { ($0.finding.resource?.name ?? "", $0.author) })
  }

  @Test func `A file that was open before the test is not the test's; one that a block opened since may be`() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let before = Opener(folder.appending(path: "events.jsonl").path)
    defer { before.end() }
    let check = try LeftoverCheck("first", options)
    let since = Opener(folder.appending(path: "log").path)
    #expect(try files(check) == ["log": .oneOf(["first"])])
    #expect(try files(LeftoverCheck("second", options)).isEmpty)
    since.end()
  }

  /// What the check says of a lock that a thread of the test's is left with.
  private func message(
    lock: @escaping @Sendable () -> Void, unlock: @escaping @Sendable () -> Void
  ) throws -> String {
    var check = try LeftoverCheck("test", options)
    let (locked, release, released) = (Event(), Event(), Event())
    Origin.$current.withValue(check.scope.token) {
      Foundation.Thread.detachNewThread {
        lock()
        locked.set()
        release.wait()
        unlock()
        released.set()
      }
    }
    locked.wait()
    defer {
      release.set()
      released.wait()
    }
    while let delay = try check.look() { Straggler.sleep(for: delay) }
    let left = check.end().filter(\.isCertain)
    try #require(left.count == 1)
    return left[0].message(after: options.grace)
  }

  @Test func `The line where the lock was taken is named`() throws {
    let lock = NSLock()
    let line = #line + 1
    let message = try message(lock: { lock.lock() }, unlock: { lock.unlock() })
    #expect(message.hasPrefix("left behind by this test 0.02 seconds after its end: thread "))
    #expect(message.contains("an unnamed mutex [abandoned-lock]; acquired at LeftoverCheckTests.swift:\(line):"))
  }

  @Test func `Locks that are static objects have their names, though they are taken at one line`() throws {
    let locks = [
      "firstCheckedMutex": StaticLock(mutex: &firstCheckedMutex),
      "secondCheckedMutex": StaticLock(mutex: &secondCheckedMutex),
    ]
    for (name, lock) in locks {
      let message = try message(
        lock: { pthread_mutex_lock(lock.mutex) }, unlock: { pthread_mutex_unlock(lock.mutex) })
      #expect(message.contains("[abandoned-lock]; it is \"\(name)\", acquired"))
    }
  }
}

/// A mutex that lies in a global variable, whose address does not change.
private struct StaticLock: @unchecked Sendable {
  let mutex: UnsafeMutablePointer<pthread_mutex_t>
}
nonisolated(unsafe) var firstCheckedMutex = pthread_mutex_t()
nonisolated(unsafe) var secondCheckedMutex = pthread_mutex_t()
