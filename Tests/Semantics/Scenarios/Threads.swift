// Sections A to D: threads, joins, which threads there are, errors.

import Glibc
import Straggler

let creationScenarios: [String: Scenario] = [
  "A1": { say(Thread {}.daemon) },
  "A2": { try inThread(daemon: true) { say(Thread {}.daemon) } },
  "A3": { try inThread(daemon: true) { say(Thread(daemon: false) {}.daemon) } },
  "A4": { try inThread(daemon: true) { say(Timer(after: .seconds(1)) {}.thread.daemon) } },
  "A5": {
    let done = Event()
    startForeign {
      say(Thread {}.daemon)
      done.set()
    }
    done.wait()
  },
  "A6": {
    let thread = Thread {}
    try inThread(daemon: true) { try thread.start() }
    say(thread.daemon)
    try thread.join()
  },
  "A8": { say(Thread {}.name) },
  "A11": { say(Thread(name: "") {}.name.hasPrefix("Thread-")) },
  "A12": { say(Thread {}.nativeID == nil) },
  "A13": {
    let thread = Thread {}
    try thread.start()
    try thread.join()
    say(thread.nativeID != nil)
  },
  "A14": {
    let stop = Event()
    let threads = try (0..<10).map { _ in try waitingThread(stop) }
    say(Set(threads.compactMap(\.nativeID)).count)
    stop.set()
  },
]

let joinScenarios: [String: Scenario] = [
  "B1": {
    let thread = Thread {}
    try thread.start()
    try thread.join()
    sayError("threads can only be started once") { try thread.start() }
  },
  "B2": {
    let stop = Event()
    let thread = try waitingThread(stop)
    say(thread.isAlive, thread.nativeID != nil)
    stop.set()
  },
  "B7": {
    let stop = Event()
    let thread = Thread { stop.wait() }
    say(thread.isAlive)
    try thread.start()
    say(thread.isAlive)
    stop.set()
    try thread.join()
    say(thread.isAlive)
  },
  "B8": { sayError("before it is started") { try Thread {}.join() } },
  "B9": { try inThread { sayError("cannot join current thread") { try Thread.current.join() } } },
  "B10": {
    let stop = Event()
    let thread = try waitingThread(stop)
    _ = try thread.join(timeout: .milliseconds(10))
    say(thread.isAlive)
    stop.set()
    _ = try thread.join(timeout: .seconds(60))
    say(thread.isAlive)
  },
  "B11": {
    let stop = Event()
    let thread = try waitingThread(stop)
    _ = try thread.join(timeout: .seconds(-5))
    say(thread.isAlive)
    stop.set()
  },
  "B13": {
    let thread = Thread {}
    try thread.start()
    try thread.join()
    try thread.join()
    say("joined twice")
  },
  "B14": {
    let stop = Event()
    let thread = try waitingThread(stop)
    let joiners = (0..<19).map { _ in Thread { try thread.join() } }
    for joiner in joiners { try joiner.start() }
    stop.set()
    for joiner in joiners { try joiner.join() }
    say(joiners.filter { !$0.isAlive }.count)
  },
  "B15": {
    var listed = 0
    for _ in 0..<50 {
      let thread = Thread {}
      try thread.start()
      try thread.join()
      if Thread.all.contains(where: { $0 === thread }) { listed += 1 }
    }
    say(listed)
  },
  "B16": {
    try inThread(daemon: true) { say("daemon") }
    say("joined")
  },
  "B17": {
    let stop = Event()
    let thread = try waitingThread(stop)
    sayFixed(thread)
    stop.set()
  },
  "B18": {
    let stop = Event()
    let thread = try waitingThread(stop)
    stop.set()
    try thread.join()
    sayFixed(thread)
  },
  "B20": {
    let count = Semaphore(0)
    for _ in 0..<200 { try Thread { count.signal() }.start() }
    for _ in 0..<200 { count.wait() }
    say("200 ran")
  },
]

private func sayFixed(_ thread: Thread) {
  do throws(ThreadError) {
    try thread.setDaemon(true)
  } catch {
    say("\(error)".contains("cannot set daemon status of active thread"), thread.daemon)
  }
}

let currentScenarios: [String: Scenario] = [
  "C1": {
    let daemon = try waitingThread(Event(), daemon: true)
    let all = Thread.all
    say(all.contains { $0 === daemon }, all.contains { $0 === Thread.main }, all.count)
  },
  "C3": {
    let main = Thread.main
    say(main.name, main.daemon, main === Thread.current)
  },
  "C4": {
    try Exit.atExitEarly { say("early", Thread.main.isAlive) }
    try Exit.atExit { say("exit", Thread.main.isAlive) }
  },
  "C5": {
    try Thread(name: "daemon", daemon: true) { Event().wait() }.start()
    try Exit.atExit {
      say("[" + Thread.all.map(\.name).sorted().map { "'\($0)'" }.joined(separator: ", ") + "]")
    }
  },
  "C6": {
    try Thread {
      try Thread.main.join()
      say("end of thread")
    }.start()
    say("end of main")
  },
  "C7": {
    let done = Event()
    startForeign {
      let thread = Thread.current
      say(thread.name, thread.daemon, thread.isAlive, Thread.all.contains { $0 === thread })
      done.set()
    }
    done.wait()
  },
  "C8": {
    let (seen, stop) = (Event(), Event())
    nonisolated(unsafe) var foreign: Thread?
    startForeign {
      foreign = Thread.current
      seen.set()
      stop.wait()
    }
    seen.wait()
    do { try foreign?.join() } catch ThreadError.foreign { say("refused") }
    stop.set()
  },
  "C9": {
    startForeign { _ = Thread.current }
    for _ in 0..<1000 where Thread.all.count != 1 { sleep(for: .milliseconds(10)) }
    say(Thread.all.count)
  },
  "C10": {
    let started = Event()
    startForeign {
      started.set()
      Glibc.sleep(600)
      say("went on")
    }
    started.wait()
    say("end of main")
  },
]

let errorScenarios: [String: Scenario] = [
  "D1": {
    try inThread(name: "importer") { throw Broken() }
    say("went on")
  },
  "D2": {
    try inThread { throw CancellationError() }
    say("went on")
  },
  "D3": {
    Thread.uncaughtErrorHook = { _, thread in say("hook", thread.name, thread === Thread.current) }
    try inThread(name: "importer") { throw Broken() }
    try inThread(name: "importer") { throw CancellationError() }
  },
]
