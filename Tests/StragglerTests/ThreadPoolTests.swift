// Threads that do work given to them.

import Glibc
import Straggler
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
  @Test func `Work is done, and its outcome comes back to whoever waits`() throws {
    struct Broken: Error {}
    let pool = ThreadPool(limit: 2, name: "importers")
    defer { pool.shutdown() }
    let good = try pool.submit { Straggler.Thread.current.name }
    let bad = try pool.submit { throw Broken() }
    #expect(try good.wait().hasPrefix("importers_"))
    #expect(throws: Broken.self) { try bad.wait() }
    #expect(good.isDone && bad.isDone)
    #expect(try good.wait(timeout: .zero) != nil)
  }

  @Test func `The results of a map come in the order of the elements, by no more threads than the limit`() throws {
    let pool = ThreadPool(limit: 3)
    defer { pool.shutdown() }
    let inside = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    let squares = try pool.map(0..<200) { number in
      most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
      defer { inside.subtract(1, ordering: .relaxed) }
      return number * number
    }
    #expect(squares == (0..<200).map { $0 * $0 })
    #expect(most.load(ordering: .relaxed) <= 3)
  }

  @Test func `A wait with a timeout says that the work has not ended`() throws {
    let pool = ThreadPool(limit: 1)
    defer { pool.shutdown() }
    let goOn = Event()
    let future = try pool.submit {
      goOn.wait()
      return 1
    }
    #expect(try future.wait(timeout: .milliseconds(5)) == nil)
    #expect(!future.isDone)
    goOn.set()
    #expect(try future.wait(timeout: .seconds(30)) == 1)
  }

  @Test func `What has not begun can be cancelled, what has begun cannot`() throws {
    let pool = ThreadPool(limit: 1)
    defer { pool.shutdown() }
    let (begun, goOn) = (Event(), Event())
    let first = try pool.submit {
      begun.set()
      goOn.wait()
    }
    begun.wait()
    let second = try pool.submit { 2 }
    #expect(!first.cancel())
    #expect(second.cancel() && second.cancel())
    #expect(throws: CancellationError.self) { try second.wait() }
    goOn.set()
    try first.wait()
    #expect(!first.cancel())
  }

  @Test func `After a shutdown everything is done and nothing more is taken`() throws {
    let pool = ThreadPool(limit: 2, name: "importers")
    let done = Atomic<Int>(0)
    for _ in 0..<50 { _ = try pool.submit { done.add(1, ordering: .relaxed) } }
    pool.shutdown()
    #expect(done.load(ordering: .relaxed) == 50)
    #expect(throws: ThreadPoolError.shutDown(name: "importers")) { try pool.submit {} }
    pool.shutdown()
  }

  @Test func `What a worker submits while the pool is shut down is done or refused, and never lost`() throws {
    for _ in 0..<50 {
      let pool = ThreadPool(limit: 2)
      let submitted = Atomic<Int>(0)
      let done = Atomic<Int>(0)
      let refused = Atomic<Int>(0)
      let first = try (0..<4).map { _ in
        try pool.submit {
          while true {
            do throws(ThreadPoolError) {
              _ = try pool.submit { done.add(1, ordering: .relaxed) }
              submitted.add(1, ordering: .relaxed)
            } catch {
              refused.add(1, ordering: .relaxed)
              return
            }
          }
        }
      }
      pool.shutdown()
      for future in first { try future.wait() }
      #expect(refused.load(ordering: .relaxed) == 4)
      #expect(done.load(ordering: .relaxed) == submitted.load(ordering: .relaxed))
    }
  }

  @Test func `A shutdown that cancels leaves undone what had not begun`() throws {
    let pool = ThreadPool(limit: 1)
    let (begun, goOn) = (Event(), Event())
    let first = try pool.submit {
      begun.set()
      goOn.wait()
    }
    begun.wait()
    let second = try pool.submit {}
    pool.shutdown(wait: false, cancelPending: true)
    #expect(throws: CancellationError.self) { try second.wait() }
    goOn.set()
    try first.wait()
    pool.shutdown()
  }

  @Test func `A pool keeps nothing of work that is done`() throws {
    let pool = ThreadPool(limit: 1)
    weak var captured: AtItsEnd?
    do {
      let object = AtItsEnd {}
      captured = object
      try pool.submit { withExtendedLifetime(object) {} }.wait()
    }
    try pool.submit {}.wait()  // by then the thread has left the work before
    #expect(captured == nil)
    pool.shutdown()
  }

  @Test func `What ends with work or its result can use the pool and the future`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      endIfStuck()
      let pool = ThreadPool(limit: 1)
      let (begun, goOn) = (Event(), Event())
      let first = try pool.submit {
        begun.set()
        goOn.wait()
      }
      begun.wait()
      let asked = Straggler.Mutex<Future<Void>?>(nil)
      let cancelled = try { () throws -> Future<Void> in
        let asker = AtItsEnd { say("done: \(asked.withLock { $0 }?.isDone ?? false)") }
        return try pool.submit { withExtendedLifetime(asker) {} }
      }()
      asked.withLock { $0 = cancelled }
      cancelled.cancel()
      goOn.set()
      try first.wait()
      for _ in 0..<100 { _ = try pool.submit { AtItsEnd { _ = try? pool.submit {} } } }
      pool.shutdown()
      say("over")
      exit(0)
    }.lines
    #expect(lines == ["done: true", "over"])
  }

  @Test func `The threads of a pool that is dropped end`() throws {
    let names = Straggler.Mutex<Set<String>>([])
    do {
      let pool = ThreadPool(limit: 2, name: "dropped")
      for _ in 0..<10 { _ = try pool.submit { names.withLock { _ = $0.insert(Straggler.Thread.current.name) } } }
    }
    #expect(eventually { !Straggler.Thread.all.contains { $0.name.hasPrefix("dropped_") } })
    #expect(names.withLock { !$0.isEmpty })
  }

  @Test func `At exit all work is done, and more is refused`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let pool = ThreadPool(limit: 2, name: "importers")
      let done = Straggler.Mutex(0)
      for _ in 0..<20 { _ = try pool.submit { done.withLock { $0 += 1 } } }
      try Exit.atExit {
        say("done: \(done.withLock { $0 })")
        do throws(ThreadPoolError) {
          _ = try pool.submit {}
        } catch {
          say("\(error == .exitBegun(name: "importers"))")
        }
      }
      exit(0)
    }.lines
    #expect(lines == ["done: 20", "true"])
  }
}

/// Does something when it is released.
private final class AtItsEnd: Sendable {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
  }

  deinit {
    body()
  }
}
