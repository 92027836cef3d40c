// Sections E and F: the exit, and statuses.

import Glibc
import Straggler

let exitScenarios: [String: Scenario] = [
  "E1": {
    try Exit.atExit { say("exit 1") }
    try Exit.atExit { say("exit 2") }
    try Exit.atExitEarly { say("early 1") }
    try Exit.atExitEarly { say("early 2") }
    try Thread {
      try Thread.main.join()
      say("thread")
    }.start()
    say("end of main")
  },
  "E3": {
    try Thread {
      try Thread.main.join()
      say("thread")
    }.start()
    exit(3)
  },
  "E5": { try chainedThread(1).start() },
  "E6": {
    let (ask, answer) = (Event(), Event())
    try answeringDaemon(ask, answer).start()
    try Thread {
      try Thread.main.join()
      ask.set()
      say(answer.wait(timeout: .seconds(60)))
    }.start()
  },
  "E7": {
    let (ask, answer) = (Event(), Event())
    let daemon = answeringDaemon(ask, answer)
    try daemon.start()
    try Exit.atExit {
      ask.set()
      say(answer.wait(timeout: .seconds(60)), daemon.isAlive)
    }
  },
  "E9": {
    let started = Event()
    try Thread(daemon: true) {
      defer { say("cleanup") }
      started.set()
      Event().wait()
    }.start()
    started.wait()
    say("end of main")
  },
  "E11": {
    try Timer(after: .milliseconds(50)) { say("fired") }.start()
    say("end of main")
  },
  "E12": {
    let timer = Timer(after: .seconds(3600)) {}
    try timer.start()
    timer.cancel()
    try timer.join()
    say(timer.isFinished, timer.thread.isAlive)
  },
  "E14": {
    try Exit.atExit {
      try inThread { say("thread") }
      say("joined")
    }
  },
  "E16": {
    try Exit.atExit {
      do { try Exit.atExitEarly {} } catch { say("refused") }
    }
  },
  "E19": {
    try Exit.atExit { say("other") }
    try Exit.atExit { throw Broken() }
    exit(3)
  },
  "E21": {
    let (pool, done) = (ThreadPool(limit: 2), Semaphore(0))
    for _ in 0..<20 { _ = try pool.submit { done.signal() } }
    try Exit.atExit {
      var count = 0
      while done.tryWait() { count += 1 }
      say(count)
    }
  },
  "E22": {
    let pool = ThreadPool(limit: 1)
    _ = try pool.submit {}
    try Exit.atExit { sayError("cannot schedule new futures after") { _ = try pool.submit {} } }
  },
  "E26": {
    for _ in 0..<40 {
      try Thread(daemon: true) {
        while true {
          let file = open("/dev/null", O_WRONLY)
          _ = write(file, "x", 1)
          close(file)
        }
      }.start()
    }
    exit(0)
  },
  "E32": {
    let (lock, held) = (Lock(), Event())
    try Thread(daemon: true) {
      lock.withLock {
        held.set()
        Event().wait()
      }
    }.start()
    held.wait()
    try Exit.atExit { say(lock.lock(timeout: .milliseconds(50))) }
  },
]

private func chainedThread(_ depth: Int) -> Thread {
  Thread {
    try Thread.main.join()
    say("thread", depth)
    if depth < 3 { try chainedThread(depth + 1).start() }
  }
}

private func answeringDaemon(_ ask: Event, _ answer: Event) -> Thread {
  Thread(daemon: true) {
    ask.wait()
    answer.set()
    Event().wait()
  }
}

let statusScenarios: [String: Scenario] = [
  "F1": { try exitAfterCallback(0) },
  "F2": { try exitAfterCallback(3) },
  "F4": { try exitAfterCallback(256) },
  "F5": { try exitAfterCallback(-1) },
  "F8": {
    try Exit.atExit { say("callback") }
    try Thread { _exit(7) }.start()
    Event().wait()
  },
  "F9": {
    signal(SIGTERM, SIG_DFL)
    try Exit.atExit { say("callback") }
    kill(getpid(), SIGTERM)
    pause()
  },
  "F10": {
    signal(SIGTERM) { _ in exit(9) }
    try Exit.atExit { say("callback") }
    try Thread {
      try Thread.main.join()
      say("thread")
    }.start()
    pthread_kill(pthread_self(), SIGTERM)
  },
  "F20": {
    try Exit.atExit { say("callback") }
    try Thread { Event().wait() }.start()
    var arguments = [strdup("echo"), strdup("new image"), nil]
    execv("/bin/echo", &arguments)
  },
]

private func exitAfterCallback(_ status: Int32) throws {
  try Exit.atExit { say("callback") }
  exit(status)
}
