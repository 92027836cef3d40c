// Waiting for a thread's end.

import Glibc
@testable import Straggler
import Synchronization
import Testing

@Suite struct JoinTests {
  @Test func `Joining a thread before it is started is an error`() {
    let thread = Straggler.Thread(name: "idle") {}
    #expect(throws: ThreadError.notStarted(name: "idle")) { try thread.join() }
    #expect(throws: ThreadError.notStarted(name: "idle")) { try thread.join(timeout: .zero) }
  }

  @Test func `A thread cannot join itself`() throws {
    let caught = Straggler.Mutex<ThreadError?>(nil)
    let thread = Straggler.Thread(name: "snake") {
      do throws(ThreadError) { try Straggler.Thread.current.join() } catch { caught.withLock { $0 = error } }
    }
    try thread.start()
    try thread.join()
    #expect(caught.withLock { $0 } == .joinsItself(name: "snake"))
  }

  @Test func `A join with a timeout says whether the thread has ended`() throws {
    let goOn = Event()
    let thread = Straggler.Thread { goOn.wait() }
    try thread.start()
    #expect(try !thread.join(timeout: .milliseconds(10)))
    #expect(try !thread.join(timeout: .zero))
    #expect(try !thread.join(timeout: .seconds(-5)))
    #expect(thread.isAlive)
    goOn.set()
    #expect(try thread.join(timeout: .seconds(10)))
    #expect(try thread.join(timeout: .zero))
  }

  @Test func `The longest timeout that can be said waits as long as a thread lives`() throws {
    let goOn = Event()
    let thread = Straggler.Thread { goOn.wait() }
    try thread.start()
    let ended = Straggler.Mutex<Bool?>(nil)
    let joiner = Straggler.Thread {
      let answer = try thread.join(timeout: .seconds(Int64.max))
      ended.withLock { $0 = answer }
    }
    try joiner.start()
    #expect(eventually { isBlockedOnFutex(joiner) })
    goOn.set()
    try joiner.join()
    #expect(ended.withLock { $0 } == true)
  }

  @Test func `A thread may be joined again, and by many threads at once`() throws {
    let goOn = Event()
    let joined = Atomic<Int>(0)
    let thread = Straggler.Thread { goOn.wait() }
    try thread.start()
    let joiners = (0..<19).map { _ in
      Straggler.Thread {
        try thread.join()
        joined.add(1, ordering: .relaxed)
      }
    }
    for joiner in joiners { try joiner.start() }
    goOn.set()
    for joiner in joiners { try joiner.join() }
    try thread.join()
    #expect(joined.load(ordering: .relaxed) == 19)
  }

  @Test func `A joiner that gives up leaves the thread to the others`() throws {
    let goOn = Event()
    let thread = Straggler.Thread { goOn.wait() }
    try thread.start()
    let patient = Straggler.Thread { try thread.join() }
    try patient.start()
    #expect(try !thread.join(timeout: .milliseconds(1)))
    goOn.set()
    try patient.join()
    #expect(!thread.isAlive)
  }

  @Test func `A daemon can be joined`() throws {
    let goOn = Event()
    let thread = Straggler.Thread(daemon: true) { goOn.wait() }
    try thread.start()
    goOn.set()
    try thread.join()
    #expect(!thread.isAlive)
  }

  @Test func `A joined thread is gone from the kernel and from the list of all`() throws {
    for _ in 0..<100 {
      let thread = Straggler.Thread {}
      try thread.start()
      try thread.join()
      #expect(!Straggler.Thread.all.contains { $0 === thread })
      let id = try #require(thread.nativeID)
      // The kernel wakes the joiner just before it takes the thread out of /proc.
      #expect(eventually { access("/proc/self/task/\(id)", F_OK) != 0 })
    }
  }

  @Test func `A thousand threads can be started and joined`() throws {
    let ended = Atomic<Int>(0)
    let goOn = Event()
    let threads = (0..<1000).map { _ in
      Straggler.Thread {
        goOn.wait()
        ended.add(1, ordering: .relaxed)
      }
    }
    for thread in threads { try thread.start() }
    #expect(threads.allSatisfy { $0.isAlive })
    goOn.set()
    for thread in threads { try thread.join() }
    #expect(ended.load(ordering: .relaxed) == 1000)
    #expect(!threads.contains { $0.isAlive })
  }

  @Test func `The stacks of threads that nobody joins are given back as other threads end`() throws {
    let abandoned = (0..<100).map { _ in Straggler.Thread(daemon: true) {} }
    for thread in abandoned { try thread.start() }
    let areGone = try eventually {
      let later = Straggler.Thread {}
      try later.start()
      try later.join()
      return abandoned.allSatisfy { $0.isGone }
    }
    #expect(areGone)
  }
}

extension Straggler.Thread {
  /// Whether the kernel's thread was joined.
  fileprivate var isGone: Bool {
    Runtime.withLock { held, _ in if case .gone = life[held].stage { true } else { false } }
  }
}
