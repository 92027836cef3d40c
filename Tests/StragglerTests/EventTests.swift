// Waiting for an event.

import Straggler
import Synchronization
import Testing

@Suite struct EventTests {
  @Test func `An event begins unset, and is what was last said of it`() {
    let event = Event(name: "ready")
    #expect(event.name == "ready")
    #expect(!event.isSet)
    event.set()
    event.set()
    #expect(event.isSet)
    event.clear()
    #expect(!event.isSet)
  }

  @Test(arguments: [Duration.zero, .milliseconds(10), .seconds(-1)])
  func `A wait with a timeout ends without an event that does not come`(timeout: Duration) {
    let event = Event()
    let clock = ContinuousClock()
    let begin = clock.now
    #expect(!event.wait(timeout: timeout))
    #expect(clock.now - begin >= timeout)
    event.set()
    #expect(event.wait(timeout: timeout))
  }

  @Test func `A wait for an event that is set returns at once`() {
    let event = Event()
    event.set()
    event.wait()
    #expect(event.isSet)
  }

  @Test func `Setting an event lets all go that wait, though it is cleared at once`() throws {
    let event = Event()
    let released = Atomic<Int>(0)
    let waiters = (0..<5).map { _ in
      Straggler.Thread { if event.wait(timeout: .seconds(30)) { released.add(1, ordering: .relaxed) } }
    }
    for waiter in waiters { try waiter.start() }
    #expect(eventually { waiters.allSatisfy(isBlockedOnFutex) })
    event.set()
    event.clear()
    for waiter in waiters { try waiter.join() }
    #expect(released.load(ordering: .relaxed) == 5)
    #expect(!event.isSet)
  }

  @Test func `Threads that take turns by events all come to the end`() throws {
    let (ping, pong) = (Event(), Event())
    let player = Straggler.Thread {
      for _ in 0..<1000 {
        ping.wait()
        ping.clear()
        pong.set()
      }
    }
    try player.start()
    for _ in 0..<1000 {
      ping.set()
      pong.wait()
      pong.clear()
    }
    #expect(try player.join(timeout: .seconds(30)))
  }
}
