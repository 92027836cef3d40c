// How long a check waits between its looks.

import Testing

@testable import StragglerTesting

@Suite struct BackOffTests {
  @Test func `Waits are short first, never longer than a tenth of a second, and the grace period in all`() {
    let waits = Array(BackOff(limit: .seconds(1)))
    #expect(waits.prefix(3) == [.milliseconds(1), .milliseconds(2), .milliseconds(4)])
    #expect(waits.max() == .milliseconds(100))
    #expect(waits.reduce(.zero, +) == .seconds(1))
  }

  @Test func `Without a grace period there is one look`() {
    #expect(Array(BackOff(limit: .zero)).isEmpty)
    #expect(Array(BackOff(limit: .seconds(-1))).isEmpty)
  }
}
