// Ends of threads that are not the end of their body alone: from within it, from outside, and in their destructors.

import Glibc
@testable import Straggler
import Testing

@Suite struct EndOfThreadTests {
  @Test func `A thread that leaves by pthread_exit has ended`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      takeSignals()
      endIfStuck()
      let thread = Straggler.Thread(daemon: false) { pthread_exit(nil) }
      try thread.start()
      try thread.join()
      say("alive: \(thread.isAlive), listed: \(Straggler.Thread.all.contains { $0 === thread })")
      try Straggler.Thread(daemon: false) { pthread_exit(nil) }.start()
      exit(0)
    }.lines
    #expect(lines == ["alive: false, listed: false"])
  }

  /// ThreadSanitizer fails where a thread is cancelled in a system call, also of a plain pthread (LLVM 21).
  @Test(arguments: isUnderThreadSanitizer ? [Place.inJoin] : Place.allCases)
  func `A thread that is cancelled has ended, and holds nothing of the runtime's`(place: Place) async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) { [place] in
      takeSignals()
      endIfStuck()
      let goOn = Event()
      let other = Straggler.Thread(daemon: true) { goOn.wait() }
      try other.start()
      let handle = Straggler.Mutex<pthread_t?>(nil)
      let begun = Event()
      let thread = Straggler.Thread(daemon: false) {
        handle.withLock { $0 = pthread_self() }
        begun.set()
        if place == .inSystemCall { pause() } else { try other.join() }
        pthread_testcancel()
        say("went on")
      }
      try thread.start()
      begun.wait()
      _ = eventually { place == .inSystemCall ? isPaused(thread) : isBlockedOnFutex(thread) }
      if let handle = handle.withLock({ $0 }) { pthread_cancel(handle) }
      goOn.set()
      try thread.join()
      say("alive: \(thread.isAlive)")
      exit(0)
    }.lines
    #expect(lines == ["alive: false"])
  }

  /// Where a thread is when it is cancelled.
  enum Place: String, Codable, CaseIterable {
    case inSystemCall
    case inJoin
  }

  @Test func `A signal during a thread's destructors cuts the exit's wait short`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(128 + SIGINT), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      takeSignals()
      endIfStuck()
      let local = ThreadLocal(
        AtEnd {
          _ = eventually { !Straggler.Thread.main.isAlive }
          raise(SIGINT)
          Event().wait()
        })
      try Straggler.Thread(name: "importer", daemon: false) { _ = local.value }.start()
      try Exit.atExit { say("callback") }
      exit(0)
    }
    #expect(result.lines == ["callback"])
    #expect(result.errorText.contains("Thread \"importer\" is abandoned: the exit was interrupted by SIGINT\n"))
  }

  @Test func `So does a signal while a daemon joins that thread`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(128 + SIGINT), observing: [\.standardErrorContent]
    ) {
      takeSignals()
      endIfStuck()
      let goOn = Event()
      let local = ThreadLocal(
        AtEnd {
          goOn.wait()
          raise(SIGINT)
          Event().wait()
        })
      let thread = Straggler.Thread(name: "importer", daemon: false) { _ = local.value }
      try thread.start()
      try Straggler.Thread(daemon: true) { try thread.join() }.start()
      try Straggler.Thread(daemon: true) {
        try Straggler.Thread.main.join()
        _ = eventually { thread.isBeingJoined }
        goOn.set()
      }.start()
      exit(0)
    }
    #expect(result.errorText.contains("Thread \"importer\" is abandoned: the exit was interrupted by SIGINT\n"))
  }

  @Test func `A thread's limit holds for its destructors too`() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(3), observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      takeSignals()
      endIfStuck()
      let local = ThreadLocal(AtEnd { Event().wait() })
      let limit = ExitPolicy.wait(upTo: .milliseconds(10))
      try Straggler.Thread(name: "importer", atExit: limit) { _ = local.value }.start()
      try Exit.atExit { say("callback") }
      exit(3)
    }
    #expect(result.lines == ["callback"])
    #expect(result.errorText.contains("Thread \"importer\" is abandoned: its limit is over\n"))
  }

  @Test func `Threads that stick in their destructors do not keep later ones from being joined`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      takeSignals()
      endIfStuck()
      let local = ThreadLocal(AtEnd { Event().wait() })
      let stuck = (0..<10).map { _ in Straggler.Thread(daemon: true) { _ = local.value } }
      for thread in stuck { try thread.start() }
      _ = eventually { !stuck.contains { $0.isAlive } }
      let later = (0..<20).map { _ in Straggler.Thread(daemon: true) {} }
      for thread in later { try thread.start() }
      let areJoined = try eventually {
        let last = Straggler.Thread {}
        try last.start()
        try last.join()
        return later.allSatisfy { $0.isGone }
      }
      say("\(areJoined)")
      _exit(0)
    }.lines
    #expect(lines == ["true"])
  }
}

/// Calls a closure when it is released.
private final class AtEnd: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
  }

  deinit { body() }
}

extension Straggler.Thread {
  /// Whether the kernel's thread was joined.
  fileprivate var isGone: Bool {
    Runtime.withLock { held, _ in if case .gone = life[held].stage { true } else { false } }
  }

  /// Whether a thread is just joining the kernel's thread.
  fileprivate var isBeingJoined: Bool {
    Runtime.withLock { held, _ in if case .joining = life[held].stage { true } else { false } }
  }
}
