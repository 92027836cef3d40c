// What would be found if the process ended now.

import Glibc
import Straggler
import Testing

@Suite struct AuditTests {
  @Test func `An audit finds what a daemon holds, who waits for it, and what it waits for`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let journal = Lock(name: "journal")
      let (held, goOn) = (Event(), Event(name: "go on"))
      let holder = Straggler.Thread(name: "writer", daemon: true) {
        journal.withLock {
          held.set()
          goOn.wait()
        }
      }
      let waiter = Straggler.Thread(name: "reader", daemon: true) { journal.withLock {} }
      try holder.start()
      held.wait()
      try waiter.start()
      _ = eventually { isBlockedOnFutex(waiter) && isBlockedOnFutex(holder) }
      let findings = try audit().findings.filter { $0.rule == "abandoned-lock" }
      say("\(findings.count)")
      if let finding = findings.first {
        say(finding.message)
        say("\(finding.thread?.name ?? "") \(finding.thread?.nativeID == holder.nativeID) \(finding.level == .error)")
        say("\(finding.resource?.kind ?? "") \(finding.resource?.name ?? "")")
        say(finding.waiters.compactMap(\.name).joined(separator: " "))
        say("\(!finding.acquired.isEmpty)")
      }
      goOn.set()
      try holder.join()
      try waiter.join()
      say("after: \(try audit().findings.filter { $0.level > .note }.count)")
    }.lines
    #expect(lines.first == "1")
    #expect(lines.dropFirst(2) == ["writer true true", "mutex journal", "reader", "true", "after: 0"])
  }

  @Test func `An audit finds the sections and files of daemons`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let (inside, goOn) = (Event(), Event())
      let daemon = Straggler.Thread(name: "importer", daemon: true) {
        let file = open("/dev/null", O_WRONLY)
        withCriticalSection("transfer") {
          inside.set()
          goOn.wait()
        }
        close(file)
      }
      try daemon.start()
      inside.wait()
      for finding in try audit().findings where finding.thread?.name == "importer" {
        say("\(finding.rule) \(finding.resource?.name ?? "")")
      }
      goOn.set()
      try daemon.join()
    }.lines
    #expect(lines.contains("abandoned-section transfer"))
    #expect(lines.contains { $0.hasPrefix("abandoned-file") })
  }

  @Test func `An audit knows a thread as soon as it is started`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      for number in 0..<50 {
        let name = "just started, number \(number)"
        let goOn = Event()
        let thread = Straggler.Thread(name: name, daemon: true) { goOn.wait() }
        try thread.start()
        let notes = try audit().findings.filter { $0.rule == "abandoned-thread" }
        let known = notes.flatMap { [$0.thread].compactMap(\.self) + $0.similar }
        if !known.contains(where: { $0.name == name }) { say("\(name) is not in \(known.map(\.name))") }
        goOn.set()
        try thread.join()
      }
      say("over")
    }.lines
    #expect(lines == ["over"])
  }

  @Test func `Audits from many threads at once disturb nobody`() throws {
    let stop = Event()
    let lock = Lock(name: "busy")
    let busy = Straggler.Thread { while !stop.isSet { lock.withLock {} } }
    try busy.start()
    let auditors = (0..<4).map { _ in
      Straggler.Thread { for _ in 0..<10 { _ = try audit() } }
    }
    for auditor in auditors { try auditor.start() }
    for auditor in auditors { try auditor.join() }
    stop.set()
    try busy.join()
  }

  /// Calls that any signal ends, whatever its handler's flags are (signal(7)); each returns its error number.
  private static let sleeps: [(name: String, sleep: @Sendable () -> Int32)] = [
    ("usleep", { usleep(250_000) == 0 ? 0 : errno }),
    (
      "nanosleep",
      {
        var time = timespec(tv_sec: 0, tv_nsec: 250_000_000)
        return nanosleep(&time, nil) == 0 ? 0 : errno
      }
    ),
    ("poll", { poll(nil, 0, 250) == 0 ? 0 : errno }),
    (
      "sem_timedwait",
      {
        var semaphore = sem_t()
        var end = timespec()
        sem_init(&semaphore, 0, 0)
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_nsec += 250_000_000
        if end.tv_nsec >= 1_000_000_000 { (end.tv_sec, end.tv_nsec) = (end.tv_sec + 1, end.tv_nsec - 1_000_000_000) }
        return sem_timedwait(&semaphore, &end) == -1 && errno == ETIMEDOUT ? 0 : errno
      }
    ),
  ]

  @Test func `An audit ends nobody's sleep`() throws {
    let clock = ContinuousClock()
    let ends = Straggler.Mutex<[String: Int32]>([:])
    let sleepers = Self.sleeps.map { name, sleep in
      Straggler.Thread {
        // The thread that runs this test blocks most signals, and a thread has its creator's mask.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        let begin = clock.now
        let error = sleep()
        let time = clock.now - begin
        ends.withLock { $0[name] = error != 0 ? error : time >= .milliseconds(249) ? 0 : -1 }
      }
    }
    for sleeper in sleepers { try sleeper.start() }
    var audits = 0
    while sleepers.contains(where: \.isAlive) {
      _ = try audit()
      audits += 1
    }
    #expect(audits > 0)
    for sleeper in sleepers { try sleeper.join() }
    #expect(ends.withLock { $0 } == ["usleep": 0, "nanosleep": 0, "poll": 0, "sem_timedwait": 0])
  }
}
