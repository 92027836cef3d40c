// Critical sections are seen in reports; here, that they stay out of the work's way.

import Straggler
import Testing

@Suite struct CriticalSectionTests {
  struct Refused: Error, Equatable {}

  @Test func `A section hands on what its body returns and throws`() {
    #expect(withCriticalSection("transfer") { 3 } == 3)
    #expect(throws: Refused()) { try withCriticalSection("transfer") { () throws(Refused) in throw Refused() } }
  }

  @Test func `A task's section hands on what its body returns and throws`() async {
    let value = await withCriticalSection("transfer") {
      await Task.yield()
      return 3
    }
    #expect(value == 3)
    await #expect(throws: Refused()) {
      try await withCriticalSection("transfer") { () async throws(Refused) in throw Refused() }
    }
  }

  @MainActor @Test func `A section of an actor's task stays on the actor`() async {
    var count = 0
    await withCriticalSection("transfer") {
      await Task.yield()
      count += 1
    }
    #expect(count == 1)
  }

  @Test func `A section can be left twice, by another thread, and out of order`() throws {
    let outer = CriticalSection.enter("outer")
    let inner = CriticalSection.enter("inner")
    outer.leave()
    let thread = Straggler.Thread { inner.leave() }
    try thread.start()
    try thread.join()
    inner.leave()
    #expect(withCriticalSection("after") { true })
  }
}
