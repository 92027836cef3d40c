// Which threads are daemons, and who says so.

import Glibc
import Straggler
import Testing

@Suite struct DaemonTests {
  @Test(arguments: [true, false])
  func `A thread made by a thread of the runtime is a daemon as its maker is`(maker: Bool) throws {
    let made = Straggler.Mutex<Bool?>(nil)
    let thread = Straggler.Thread(daemon: maker) {
      let daemon = Straggler.Thread {}.daemon
      made.withLock { $0 = daemon }
    }
    try thread.start()
    try thread.join()
    #expect(made.withLock { $0 } == maker)
  }

  @Test func `What the initializer is told counts more than the maker`() throws {
    let made = Straggler.Mutex<[Bool]>([])
    let thread = Straggler.Thread(daemon: true) {
      let daemons = [Straggler.Thread(daemon: false) {}.daemon, Straggler.Thread(daemon: true) {}.daemon]
      made.withLock { $0 = daemons }
    }
    try thread.start()
    try thread.join()
    #expect(made.withLock { $0 } == [false, true])
  }

  @Test func `A thread is a daemon by who made it, not by who started it`() throws {
    let thread = Straggler.Thread(daemon: false) {}
    let starter = Straggler.Thread(daemon: true) {
      try thread.start()
      try thread.join()
    }
    try starter.start()
    try starter.join()
    #expect(!thread.daemon)
  }

  @MainActor @Test func `A thread made by a task is no daemon, whichever thread the task runs on`() async {
    #expect(!Straggler.Thread {}.daemon)
    let isDaemon = await Task.detached { Straggler.Thread {}.daemon }.value
    #expect(!isDaemon)
  }

  @Test func `A thread made by a thread of another library is a daemon`() {
    let made = onForeignThread { Straggler.Thread {}.daemon }
    #expect(made)
  }

  @Test func `The daemon status can be set until the thread is started`() throws {
    let goOn = Event()
    let thread = Straggler.Thread(name: "fixed", daemon: false) { goOn.wait() }
    try thread.setDaemon(true)
    #expect(thread.daemon)
    try thread.start()
    #expect(throws: ThreadError.active(name: "fixed")) { try thread.setDaemon(false) }
    goOn.set()
    try thread.join()
    #expect(throws: ThreadError.active(name: "fixed")) { try thread.setDaemon(false) }
    #expect(thread.daemon)
  }

  @Test func `The main thread is no daemon and cannot become one`() {
    #expect(!Straggler.Thread.main.daemon)
    #expect(throws: ThreadError.active(name: "MainThread")) { try Straggler.Thread.main.setDaemon(true) }
  }
}
