// For whom the recorder says that a thread was made.

import Foundation
import Straggler
import Testing

@testable import StragglerTesting

@Suite struct OriginTests {
  private static let token: UInt32 = 1 << 30

  /// What is recorded of the thread that `make` makes; the thread waits until that was asked.
  private func originOfThread(_ make: (@escaping @Sendable () -> Void) throws -> Void) throws -> Origin {
    #expect(Origin.isRecorded)
    let (number, asked) = (Future(), Event())
    try make {
      number.value.withLock { $0 = Straggler.Thread.current.number.map(Int.init) }
      number.set.set()
      asked.wait()
    }
    number.set.wait()
    defer { asked.set() }
    return Origin(ofThread: try #require(number.value.withLock { $0 }))
  }

  private final class Future: Sendable {
    let value = Straggler.Mutex<Int?>(nil, name: "number")
    let set = Event()
  }

  @Test func `A thread made in a test's own code is the test's`() throws {
    let origin = try Origin.$current.withValue(Self.token) {
      try originOfThread { body in Foundation.Thread.detachNewThread(body) }
    }
    #expect(origin == Origin(token: Self.token))
  }

  @Test func `A thread that such a thread makes is the test's by inheritance`() throws {
    let origin = try Origin.$current.withValue(Self.token) {
      try originOfThread { body in
        Foundation.Thread.detachNewThread { Foundation.Thread.detachNewThread(body) }
      }
    }
    #expect(origin == Origin(token: Self.token, inherited: true))
  }

  @Test func `A thread made in a task of the test's is the test's, on whichever thread`() async throws {
    try await Origin.$current.withValue(Self.token) {
      try await Task {
        await Task.yield()
        let origin = try originOfThread { body in Foundation.Thread.detachNewThread(body) }
        #expect(origin == Origin(token: Self.token))
      }.value
    }
  }

  @Test func `What a block of Dispatch's makes is nobody's`() throws {
    let origin = try Origin.$current.withValue(Self.token) {
      try originOfThread { body in DispatchQueue.global().async { Foundation.Thread.detachNewThread(body) } }
    }
    #expect(origin == Origin())
  }

  @Test func `A thread of Dispatch's is a pool's, whoever made it`() throws {
    let origin = try Origin.$current.withValue(Self.token) {
      try originOfThread { body in DispatchQueue(label: "own").async(execute: body) }
    }
    #expect(origin == Origin(isOfPool: true))
  }

  @Test func `A detached task's thread is nobody's`() async throws {
    try await Origin.$current.withValue(Self.token) {
      try await Task.detached {
        let origin = try originOfThread { body in Foundation.Thread.detachNewThread(body) }
        #expect(origin == Origin())
      }.value
    }
  }
}
