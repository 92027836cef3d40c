// Fingerprints stay the same as long as the mistake does.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct FingerprintTests {
  private func fingerprint(
    name: String? = "journal", functions: [String] = ["append", "run"], change: (inout Frame, Int) -> Void = { _, _ in }
  ) -> String? {
    var frames = functions.enumerated().map { programFrame(0x100 + UInt64($0), $1) }
    for index in frames.indices { change(&frames[index], index) }
    let process = sampleProcess(
      [exitingThread(), daemon(2, "writer") { $0.holds = [hold(0x10)] }], names: name.map { [0x10: $0] } ?? [:])
    return report(process, .exited(status: 0), FakeResolver(stacks: [0xA000: frames])).only(.abandonedLock)?.fingerprint
  }

  /// FNV-1a of "abandoned-lock", "journal", "append", "run", each followed by the byte 0xFF; computed apart from this
  /// code.
  @Test func itIsSixteenHexadecimalDigitsThatNeverChange() {
    #expect(fingerprint() == "a59502187ba9a765")
  }

  @Test func addressesLinesAndFoldersHaveNoPartInIt() {
    let other = fingerprint { frame, _ in
      frame.address += 0x5000
      frame.line = 99
      frame.file = "/elsewhere/app.c"
      frame.module = "/elsewhere/app"
    }
    #expect(other == fingerprint())
  }

  @Test func inferredFramesAndLibrariesHaveNoPartInIt() {
    #expect(fingerprint(functions: ["append", "run", "main"]) { $0.inferred = $1 == 2 } == fingerprint())
    #expect(
      fingerprint(functions: ["lock", "append", "run"]) { frame, index in
        if index == 0 { frame.module = "/usr/lib/swift/linux/libFoundation.so" }
      } == fingerprint())
  }

  @Test(arguments: [
    ("append.constprop.0", "append.constprop.1"), ("append", "append.llvm.1234567890123"),
    ("append.part.0", "append.cold"),
    ("_ZN3app6append17h0123456789abcdefE", "_ZN3app6append17hfedcba9876543210E"),
  ])
  func whatACompilerAddsToANameHasNoPartInIt(first: String, second: String) {
    func named(_ name: String) -> String? {
      fingerprint { frame, index in if index == 0 { frame.mangledFunction = name } }
    }
    #expect(named(first) == named(second))
    #expect(named(first) != named("_ZN3app6append17h0123456789abcdeE"))
  }

  @Test func theResourceAndTheFunctionsTellMistakesApart() {
    let all = [
      fingerprint(), fingerprint(name: "cache"), fingerprint(name: nil), fingerprint(functions: ["append"]),
      fingerprint(functions: ["run", "append"]), fingerprint(functions: ["appendrun"]),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test func aThreadWithoutAHoldIsToldByWhatItRuns() {
    let process = sampleProcess([
      exitingThread(), thread(2) { $0.startRoutine = 1 }, thread(3) { $0.startRoutine = 2 },
    ])
    let resolver = FakeResolver(functions: [1: "poll", 2: "pulse"])
    let prints = report(process, .exited(status: 0), resolver).findings.map(\.fingerprint)
    #expect(Set(prints).count == 2)
  }
}
