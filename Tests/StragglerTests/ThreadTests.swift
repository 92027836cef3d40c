// What a thread is, and how it begins.

import Glibc
import Straggler
import Synchronization
import Testing

@Suite struct ThreadTests {
  @Test func `A thread runs its body once it is started, not before`() throws {
    let runs = Atomic<Int>(0)
    let thread = Straggler.Thread(daemon: false) { runs.add(1, ordering: .relaxed) }
    #expect(runs.load(ordering: .relaxed) == 0)
    try thread.start()
    try thread.join()
    #expect(runs.load(ordering: .relaxed) == 1)
  }

  @Test func `A thread is alive from start to the end of its body`() throws {
    let goOn = Event()
    let thread = Straggler.Thread { goOn.wait() }
    #expect(!thread.isAlive)
    try thread.start()
    #expect(thread.isAlive)
    goOn.set()
    try thread.join()
    #expect(!thread.isAlive)
  }

  @Test func `A thread that returned from start has a native id of its own, and keeps it`() throws {
    let goOn = Event()
    let threads = (0..<10).map { _ in Straggler.Thread { goOn.wait() } }
    #expect(threads.allSatisfy { $0.nativeID == nil && $0.number == nil })
    for thread in threads { try thread.start() }
    #expect(Set(threads.compactMap(\.nativeID)).count == 10)
    goOn.set()
    for thread in threads { try thread.join() }
    #expect(Set(threads.compactMap(\.nativeID)).count == 10)
  }

  @Test func `The native id of a thread that was just started is waited for, and is the kernel's`() throws {
    for _ in 0..<100 {
      let seen = Straggler.Mutex<Int32?>(nil)
      let thread = Straggler.Thread {
        let id = kernelThreadID()
        seen.withLock { $0 = id }
      }
      try thread.start()
      let id = try #require(thread.nativeID)
      try thread.join()
      #expect(seen.withLock { $0 } == id)
    }
  }

  @Test func `Starting a thread twice is an error, while it runs and after its end`() throws {
    let goOn = Event()
    let thread = Straggler.Thread(name: "once") { goOn.wait() }
    try thread.start()
    #expect(throws: ThreadError.alreadyStarted(name: "once")) { try thread.start() }
    goOn.set()
    try thread.join()
    #expect(throws: ThreadError.alreadyStarted(name: "once")) { try thread.start() }
  }

  @Test func `A thread describes itself`() throws {
    let goOn = Event()
    let thread = Straggler.Thread(name: "writer", daemon: true) { goOn.wait() }
    #expect(thread.description == "Thread(\"writer\", unstarted, daemon)")
    try thread.start()
    #expect(thread.description == "Thread(\"writer\", running, daemon)")
    goOn.set()
    try thread.join()
    #expect(thread.description == "Thread(\"writer\", ended, daemon)")
  }

  @Test(.disabled(if: isUnderThreadSanitizer, "its shadow memory needs all of the address space"))
  func `A thread that the system refuses can be started again`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      var before = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &before)
      let thread = Straggler.Thread(name: "late") { say("ran") }
      // No room for another stack.
      var none = rlimit(rlim_cur: 1 << 20, rlim_max: before.rlim_max)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &none)
      do throws(ThreadError) {
        try thread.start()
      } catch .refused(let name, let code) {
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &before)
        let isListed = Straggler.Thread.all.contains { $0 === thread }
        say("\(name) refused: \(code == EAGAIN), alive: \(thread.isAlive), listed: \(isListed)")
      } catch {
        say("\(error)")
      }
      try thread.start()
      try thread.join()
    }.lines
    #expect(lines == ["late refused: true, alive: false, listed: false", "ran"])
  }

  @Test func `The main thread cannot be started`() {
    #expect(throws: ThreadError.alreadyStarted(name: "MainThread")) { try Straggler.Thread.main.start() }
  }

  @Test func `A thread without a name gets one with a number that no other has`() {
    let names = (0..<50).map { _ in Straggler.Thread {}.name }
    #expect(names.allSatisfy { $0.hasPrefix("Thread-") && Int($0.dropFirst(7)) != nil })
    #expect(Set(names).count == 50)
    #expect(Straggler.Thread(name: "") {}.name.hasPrefix("Thread-"))
  }

  @Test func `A thread knows itself, and keeps its name`() throws {
    let seen = Mutex<Straggler.Thread?>(nil)
    let thread = Straggler.Thread(name: "writer") { seen.withLock { $0 = .current } }
    try thread.start()
    try thread.join()
    #expect(seen.withLock { $0 === thread })
    #expect(thread.name == "writer")
  }

  @Test(arguments: [
    ("short", "short"), ("exactly fifteen", "exactly fifteen"), ("twelve chars\u{e9}\u{e9}", "twelve chars\u{e9}"),
  ])
  func `The kernel knows a thread by the beginning of its name`(name: String, kernelName: String) throws {
    let seen = Mutex("")
    let thread = Straggler.Thread(name: name) {
      let read = kernelThreadName()
      seen.withLock { $0 = read }
    }
    try thread.start()
    try thread.join()
    #expect(seen.withLock { $0 } == kernelName)
  }

  @Test func `Reports know a thread by its whole name, and by its daemon flag`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let begun = Event()
      for daemon in [true, false] {
        try Straggler.Thread(name: "longer than the kernel's fifteen bytes", daemon: daemon) {
          begun.set()
          while true { pause() }
        }.start()
        begun.wait()
        begun.clear()
      }
      for finding in try audit().findings {
        let names = ([finding.thread] + finding.similar).compactMap { $0?.name }
        for name in names where name.hasPrefix("longer") { say("\(finding.rule) \(name)") }
      }
      _exit(0)
    }.lines
    #expect(
      lines.sorted() == [
        "abandoned-thread longer than the kernel's fifteen bytes",
        "abandoned-user-thread longer than the kernel's fifteen bytes",
      ])
  }

  @Test func `What a body throws ends its thread and nothing else`() async throws {
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      struct Broken: Error {}
      let thread = Straggler.Thread(name: "fragile") { throw Broken() }
      try thread.start()
      try thread.join()
    }
    #expect(result.errorText.contains("Exception in thread fragile: Broken()\n"))
  }

  @Test func `A body is released when its thread ends`() throws {
    final class Payload: Sendable {}
    nonisolated(unsafe) weak var payload: Payload?
    let thread: Straggler.Thread
    do {
      let object = Payload()
      payload = object
      thread = Straggler.Thread { withExtendedLifetime(object) {} }
    }
    #expect(payload != nil)
    try thread.start()
    try thread.join()
    #expect(payload == nil)
  }

  @Test func `A thread that nobody refers to goes on`() throws {
    let goOn = Event()
    let done = Event()
    try Straggler.Thread {
      goOn.wait()
      done.set()
    }.start()
    goOn.set()
    #expect(done.wait(timeout: .seconds(10)))
  }
}

/// The calling thread's id, by /proc.
private func kernelThreadID() -> Int32? {
  var link = [CChar](repeating: 0, count: 64)
  guard readlink("/proc/thread-self", &link, 63) > 0 else { return nil }
  let path = String(decoding: link.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  return path.split(separator: "/").last.flatMap { Int32($0) }
}

/// The calling thread's name in /proc.
private func kernelThreadName() -> String {
  guard let file = fopen("/proc/thread-self/comm", "r") else { return "" }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 64)
  guard fgets(&line, 64, file) != nil else { return "" }
  return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
