// Ends of threads that are not the end of their body: from within it, and from outside.

import Glibc
import Straggler
import Testing

@Suite struct EndOfThreadTests {
  @Test func `A thread that leaves by pthread_exit has ended`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      takeSignals()
      alarm(60)
      let thread = Straggler.Thread(daemon: false) { pthread_exit(nil) }
      try thread.start()
      try thread.join()
      say("alive: \(thread.isAlive), listed: \(Straggler.Thread.all.contains { $0 === thread })")
      try Straggler.Thread(daemon: false) { pthread_exit(nil) }.start()
      exit(0)
    }.lines
    #expect(lines == ["alive: false, listed: false"])
  }

  @Test(arguments: Place.allCases)
  func `A thread that is cancelled has ended, and holds nothing of the runtime's`(place: Place) async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) { [place] in
      takeSignals()
      alarm(60)
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
}
