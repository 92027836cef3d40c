// Errors that nobody catches in a thread.

import Straggler
import Testing

@Suite struct UncaughtErrorTests {
  @Test func `An error that ends a thread is printed, and the process goes on`() async throws {
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      struct Broken: Error {}
      let thread = Straggler.Thread(name: "importer") { throw Broken() }
      try thread.start()
      try thread.join()
      say("went on")
    }
    #expect(result.lines == ["went on"])
    #expect(result.errorText.contains("Exception in thread importer: Broken()\n"))
  }

  @Test func `A thread that ends itself by CancellationError says nothing`() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let thread = Straggler.Thread { throw CancellationError() }
      try thread.start()
      try thread.join()
    }
    #expect(!result.errorText.contains("Exception"))
  }

  @Test func `A hook gets the error, CancellationError too, and the thread, in that thread`() async throws {
    let lines = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
      struct Broken: Error {}
      Straggler.Thread.uncaughtErrorHook = { error, thread in
        say("\(error) in \(thread.name), itself: \(thread === Straggler.Thread.current), alive: \(thread.isAlive)")
      }
      for error in [Broken(), CancellationError()] as [any Error] {
        let thread = Straggler.Thread(name: "importer") { throw error }
        try thread.start()
        try thread.join()
      }
    }.lines
    #expect(
      lines == [
        "Broken() in importer, itself: true, alive: true", "CancellationError() in importer, itself: true, alive: true",
      ])
  }

  @Test func `A hook that fails is reported, and the error is printed as without one`() async throws {
    let text = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      struct Broken: Error {}
      struct HookBroken: Error {}
      Straggler.Thread.uncaughtErrorHook = { _, _ in throw HookBroken() }
      let thread = Straggler.Thread(name: "importer") { throw Broken() }
      try thread.start()
      try thread.join()
    }.errorText
    #expect(
      text.contains("Exception in Thread.uncaughtErrorHook: HookBroken()\nException in thread importer: Broken()\n"))
  }
}
