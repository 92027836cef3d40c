// A forked child has one thread, and it is the main one.

import Glibc
import Straggler
import Testing

/// Forks, runs `body` in the child, which then exits, and waits for its end.
private func inForkedChild(_ body: () throws -> Void) {
  // What stdio has buffered would be written twice.
  fflush(nil)
  let child = fork()
  if child == 0 {
    do { try body() } catch { say("\(error)") }
    exit(0)
  }
  var status: CInt = 0
  precondition(child > 0 && waitpid(child, &status, 0) == child, "fork or waitpid failed: \(errno)")
  if status != 0 { say("the child ended with wait status \(status)") }
}

@Suite struct ForkTests {
  @Test func `In the child all other threads have ended, and joins return`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let threads = [true, false].map { daemon in Straggler.Thread(daemon: daemon) { Event().wait() } }
      for thread in threads { try thread.start() }
      inForkedChild {
        for thread in threads {
          try thread.join()
          say("alive: \(thread.isAlive)")
        }
        say("count: \(Straggler.Thread.all.count), main: \(Straggler.Thread.current === Straggler.Thread.main)")
        say("id: \(Straggler.Thread.main.nativeID == getpid()), daemon: \(Straggler.Thread {}.daemon)")
      }
      _exit(0)
    }.lines
    #expect(lines == ["alive: false", "alive: false", "count: 1, main: true", "id: true, daemon: false"])
  }

  @Test func `A thread that forks is the child's main thread as the object it was, even a daemon`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let thread = Straggler.Thread(name: "forker", daemon: true) {
        inForkedChild {
          let main = Straggler.Thread.main
          say("\(main.name), daemon: \(main.daemon), current: \(main === Straggler.Thread.current)")
        }
      }
      try thread.start()
      try thread.join()
      _exit(0)
    }.lines
    #expect(lines == ["forker, daemon: true, current: true"])
  }

  @Test func `A fork in another library's thread makes that the main thread`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      onForeignThread {
        inForkedChild {
          let main = Straggler.Thread.main
          say("\(main.name), daemon: \(main.daemon), current: \(main === Straggler.Thread.current)")
        }
      }
      _exit(0)
    }.lines
    #expect(lines == ["MainThread, daemon: false, current: true"])
  }

  @Test func `A thread that was started just before the fork is waited for by nobody in the child`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      for daemon in [true, false] {
        for _ in 0..<20 {
          let goOn = Event()
          let thread = Straggler.Thread(daemon: daemon) { goOn.wait() }
          try thread.start()
          inForkedChild {
            endIfStuck()
            _ = thread.nativeID
            try thread.join()
            if thread.isAlive { say("alive") }
          }
          goOn.set()
          try thread.join()
        }
      }
      say("over")
      _exit(0)
    }.lines
    #expect(lines == ["over"])
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "it ends a child that starts a thread (LLVM 21)"))
  func `The child runs its own exit sequence, on its main thread`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let parent = getpid()
      try Exit.atExit { say(getpid() == parent ? "parent" : "child") }
      inForkedChild {
        try Exit.atExitEarly { say("early, main alive: \(Straggler.Thread.main.isAlive)") }
        try Straggler.Thread {
          try Straggler.Thread.main.join()
          say("thread of the child")
        }.start()
        try Exit.atExit { say("main alive: \(Straggler.Thread.main.isAlive)") }
      }
      exit(0)
    }.lines
    #expect(
      lines == ["early, main alive: true", "thread of the child", "main alive: false", "child", "parent"])
  }

  @Test(
    .disabled(
      if: isUnderThreadSanitizer,
      "there each access to a global takes a lock of the Swift runtime, which the child may find taken (Swift 6.3)"))
  func `A child can be forked while other threads start and end`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let over = Event()
      let busy = (0..<2).map { _ in
        Straggler.Thread(daemon: true) {
          while !over.isSet {
            let thread = Straggler.Thread {}
            try thread.start()
            try thread.join()
          }
        }
      }
      for thread in busy { try thread.start() }
      for _ in 0..<20 { inForkedChild { try Straggler.Thread {}.start() } }
      over.set()
      for thread in busy { try thread.join() }
      say("over")
      _exit(0)
    }.lines
    #expect(lines == ["over"])
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "it ends a child that starts a thread (LLVM 21)"))
  func `A child can be forked while other threads use what all threads share`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let (local, shared) = (ThreadLocal(0), ThreadPool(limit: 2))
      @Sendable func useWhatIsShared() throws {
        ThreadLocal(0).value += 1
        onForeignThread { local.value += 1 }
        for _ in 0..<10 { _ = try shared.submit {} }
        Straggler.Thread.uncaughtErrorHook = Straggler.Thread.printUncaught
        try Worker { $0.wait() }.stop(within: .seconds(60))
        let pool = ThreadPool(limit: 1)
        _ = try pool.submit {}
        pool.shutdown()
        try withCriticalSection("guarded", atExit: .wait(upTo: .seconds(60))) {}
      }
      try useWhatIsShared()
      let over = Event()
      let busy = (0..<3).map { _ in Straggler.Thread { while !over.isSet { try useWhatIsShared() } } }
      for thread in busy { try thread.start() }
      for _ in 0..<20 {
        inForkedChild {
          endIfStuck()
          try useWhatIsShared()
          try shared.submit {}.wait()
        }
      }
      over.set()
      for thread in busy { try thread.join() }
      say("over")
      _exit(0)
    }.lines
    #expect(lines == ["over"])
  }

  @Test func `What the forking thread has locked is the child's to give back`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let (lock, recursive, condition) = (Lock(), RecursiveLock(), Condition())
      let table = ReadWriteLock()
      lock.lock()
      recursive.lock()
      recursive.lock()
      condition.lock()
      table.lockForWriting()
      inForkedChild {
        endIfStuck()
        say("\(recursive.isOwned) \(recursive.depth) \(recursive.tryLock()) \(condition.isOwned)")
        for _ in 0..<3 { recursive.unlock() }
        condition.notifyAll()
        condition.unlock()
        table.unlockForWriting()
        lock.unlock()
        say("\(recursive.isOwned) \(condition.isOwned) \(table.tryLockForReading()) \(lock.tryLock())")
      }
      say("\(recursive.isOwned) \(recursive.depth) \(condition.isOwned) \(lock.tryLock())")
      _exit(0)
    }.lines
    #expect(lines == ["true 2 true true", "false false true true", "true 2 true false"])
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "it ends a child that starts a thread (LLVM 21)"))
  func `A job that forks leaves the other jobs to the parent`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let pool = ThreadPool(limit: 1)
      let goOn = Event()
      let forking = try pool.submit {
        goOn.wait()
        fflush(nil)
        let child = fork()
        if child == 0 {
          endIfStuck()
          return
        }
        var status: CInt = 0
        say("child: \(waitpid(child, &status, 0) == child ? status : -1)")
      }
      let other = try pool.submit { say("other job") }
      goOn.set()
      try forking.wait()
      try other.wait()
      pool.shutdown()
      _exit(0)
    }.lines
    #expect(lines == ["child: 0", "other job"])
  }

  @Test func `A guarded section of the parent's task does not keep the child`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let (begun, goOn) = (Event(), Event())
      let task = Task.detached {
        try withCriticalSection("import", atExit: .wait(upTo: .seconds(3600))) {
          begun.set()
          goOn.wait()
        }
      }
      begun.wait()
      inForkedChild { endIfStuck() }
      goOn.set()
      try await task.value
      say("over")
      _exit(0)
    }.lines
    #expect(lines == ["over"])
  }

  @Test func `Fork handlers that are registered after the runtime's first use can use it`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      endIfStuck()
      _ = Straggler.Thread.all
      pthread_atfork(
        { say("before: \(Straggler.Thread.all.count)") }, { say("parent: \(Straggler.Thread.all.count)") },
        { say("child: \(Straggler.Thread.all.count)") })
      let goOn = Event()
      try Straggler.Thread(daemon: true) { goOn.wait() }.start()
      inForkedChild { say("child") }
      _exit(0)
    }.lines
    #expect(lines.count == 4 && lines.first == "before: 2")
    #expect(Set(lines) == ["before: 2", "parent: 2", "child: 1", "child"])
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "it ends a child that starts a thread (LLVM 21)"))
  func `A child that is forked while the exit waits has an exit of its own`() async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let poolsEnded = Event()
      try Exit.atExitEarly { poolsEnded.set() }
      try ThreadPool(limit: 1).submit {}.wait()  // whose end comes first: newest first
      try Straggler.Thread {
        poolsEnded.wait()
        inForkedChild {
          endIfStuck()
          let pool = ThreadPool(limit: 1)
          say("the child's \(try pool.submit { 7 }.wait())")
          _ = try pool.submit { say("done at the child's exit") }
        }
      }.start()
      exit(0)
    }.lines
    #expect(lines == ["the child's 7", "done at the child's exit"])
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "it ends a child that starts a thread (LLVM 21)"), arguments: [0, 1, 2])
  func `A child works with its parent's pool by threads of its own, and ends it at its exit`(busy: Int) async throws {
    let lines = try await #require(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) { [busy] in
      let pool = ThreadPool(limit: 2)
      try pool.submit {}.wait()
      let (begun, goOn) = (Straggler.Semaphore(0), Event())
      for _ in 0..<busy {
        _ = try pool.submit {
          begun.signal()
          goOn.wait()
        }
        begun.wait()
      }
      let pending = busy == 2 ? [try pool.submit { say("pending work") }] : []
      inForkedChild {
        endIfStuck()
        for number in 1...3 { say("the child's \(try pool.submit { number }.wait())") }
        for future in pending { say("cancelled: \(future.cancel())") }
      }
      goOn.set()
      pool.shutdown()
      _exit(0)
    }.lines
    let own = (1...3).map { "the child's \($0)" }
    #expect(lines == own + (busy == 2 ? ["cancelled: true", "pending work"] : []))
  }
}
