// Which threads there are.

import Glibc
import Straggler
import Testing

@Suite struct CurrentThreadTests {
  @MainActor @Test func `The main thread is alive, has the process's id and the first number`() {
    let main = Straggler.Thread.main
    #expect(main.isAlive)
    #expect(main.name == "MainThread")
    #expect(main.nativeID == getpid())
    #expect(main.number == 1)
  }

  @Test func `All threads are the main one and those that are alive, daemons included`() throws {
    let goOn = Event()
    let threads = [true, false].map { Straggler.Thread(daemon: $0) { goOn.wait() } }
    let unstarted = Straggler.Thread {}
    for thread in threads { try thread.start() }
    let all = Straggler.Thread.all
    #expect(all.first === Straggler.Thread.main)
    #expect(threads.allSatisfy { thread in all.contains { $0 === thread } })
    #expect(!all.contains { $0 === unstarted })
    goOn.set()
    for thread in threads { try thread.join() }
    #expect(!Straggler.Thread.all.contains { thread in threads.contains { $0 === thread } })
  }

  @Test func `A thread of another library gets an object that stays the same, and goes with the thread`() {
    let seen = onForeignThread {
      let thread = Straggler.Thread.current
      #expect(thread === Straggler.Thread.current)
      #expect(thread.name.hasPrefix("Dummy-"))
      #expect(thread.daemon)
      #expect(thread.isAlive)
      #expect(Straggler.Thread.all.contains { $0 === thread })
      return thread
    }
    #expect(!seen.isAlive)
    #expect(!Straggler.Thread.all.contains { $0 === seen })
  }

  @Test func `A thread of another library cannot be joined, started or made a user thread`() {
    let seen = onForeignThread { Straggler.Thread.current }
    #expect(throws: ThreadError.foreign(name: seen.name)) { try seen.join() }
    #expect(throws: ThreadError.alreadyStarted(name: seen.name)) { try seen.start() }
    #expect(throws: ThreadError.active(name: seen.name)) { try seen.setDaemon(false) }
  }
}
