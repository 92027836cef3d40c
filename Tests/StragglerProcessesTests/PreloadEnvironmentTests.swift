// How the program's environment tells it of the recorder, and what of it stays as it was.

internal import Testing

@testable internal import StragglerProcesses

@Suite struct PreloadEnvironmentTests {
  private func preload(_ inherited: [String]) -> String? {
    PreloadEnvironment(library: "/lib/ours.so", socket: "/tmp/s", seccompFilters: 1)
      .variables(from: inherited).first { $0.hasPrefix("LD_PRELOAD=") }
  }

  @Test func otherVariablesStayInTheirOrder() {
    let environment = PreloadEnvironment(library: "/lib/ours.so", socket: "/tmp/s", seccompFilters: 1)
    let variables = environment.variables(
      from: ["B=2", "A=1", "STRAGGLER_SOCKET=/old", "STRAGGLER_FILTERS=0", "EMPTY="])
    #expect(
      variables == [
        "B=2", "A=1", "EMPTY=", "LD_PRELOAD=/lib/ours.so", "STRAGGLER_SOCKET=/tmp/s", "STRAGGLER_FILTERS=1",
      ])
  }

  @Test func whatWasPreloadedBeforeStaysInForce() {
    #expect(preload(["LD_PRELOAD=/a.so:/b.so /c.so"]) == "LD_PRELOAD=/lib/ours.so:/a.so:/b.so:/c.so")
    #expect(preload(["LD_PRELOAD="]) == "LD_PRELOAD=/lib/ours.so")
  }
}
