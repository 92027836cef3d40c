// What is merged, what is not, and in which order findings stand.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct SimilarTests {
  @Test func findingsThatDifferOnlyInTheThreadAreOne() {
    let workers = (2...5).map { number in thread(number, "w\(number)") { $0.holds = [hold(UInt64(number))] } }
    let result = report(sampleProcess([exitingThread()] + workers))
    let finding = result.only(.abandonedLock)
    #expect(finding?.thread?.identity.name == "w2")
    #expect(finding?.similar.map(\.name) == ["w3", "w4", "w5"])
  }

  @Test func waitersOfAllAreKept() {
    let process = sampleProcess([
      exitingThread(), thread(2) { $0.holds = [hold(0x10)] }, thread(3) { $0.holds = [hold(0x20)] },
      thread(4) { $0.wait = wait(.mutex, 0x20) }, thread(5) { $0.wait = wait(.mutex, 0x10) },
    ])
    #expect(report(process).only(.abandonedLock)?.waiters.map(\.number) == [4, 5])
  }

  @Test func locksOfOneThreadAreSeveralFindings() {
    let process = sampleProcess([exitingThread(), thread(2) { $0.holds = [hold(0x10), hold(0x20)] }])
    #expect(report(process).rules == [.abandonedLock, .abandonedLock])
  }

  @Test func anotherPlaceOrNameOrPathIsAnotherFinding() {
    let places = sampleProcess([
      exitingThread(), thread(2) { $0.holds = [hold(0x10)] }, thread(3) { $0.holds = [hold(0x20, at: 0xA100)] },
    ])
    #expect(report(places).findings.count == 2)
    let names = sampleProcess(
      [exitingThread(), thread(2) { $0.holds = [hold(0x10)] }, thread(3) { $0.holds = [hold(0x20)] }],
      names: [0x10: "a", 0x20: "b"])
    #expect(report(names).findings.count == 2)
    let files = sampleProcess(
      [exitingThread(), thread(2), thread(3)], files: [file(4, "/tmp/a", opener: 2), file(5, "/tmp/b", opener: 3)])
    #expect(report(files).findings.count == 2)
  }

  @Test func daemonsAndOtherThreadsAreNotMixed() {
    let process = sampleProcess([
      exitingThread(), daemon(2, "d") { $0.holds = [hold(0x10)] }, thread(3) { $0.holds = [hold(0x20)] },
    ])
    #expect(report(process).findings.count == 2)
  }

  @Test func errorsComeFirstThenTheRulesThenTheThreads() {
    let process = sampleProcess(
      [
        exitingThread { $0.holds = [hold(0x90, at: 0xA900)] }, thread(2),
        thread(3) { $0.holds = [hold(0x10)] },
      ],
      files: [file(5, opener: 3)], sections: [section("s", thread: 3)])
    #expect(
      report(process).rules == [
        .abandonedLock, .abandonedSection, .abandonedFile, .heldAtExit, .abandonedThread,
      ])
  }

  @Test func stacksAreAskedForOnceInOneBatch() {
    final class Counter: @unchecked Sendable { var batches: [Int] = [] }
    struct Counting: StackResolving {
      let counter: Counter
      func stack(_ captured: CapturedStack) -> Stack { FakeResolver().stack(captured) }
      func acquisition(_ recorded: CapturedStack, stoppedAt: CapturedStack?) -> Stack { stack(recorded) }
      func dataSymbol(containing address: UInt64) -> String? { nil }
      func functionName(at address: UInt64) -> String? { nil }
      func resolve(_ requests: [StackRequest]) -> [Stack] {
        counter.batches.append(requests.count)
        return requests.map { request in
          switch request {
          case .stack(let captured), .acquisition(let captured, _): stack(captured)
          }
        }
      }
    }
    let counter = Counter()
    let threads = (2...100).map { number in thread(number) { $0.holds = [hold(1), hold(2), hold(3)] } }
    _ = analyze(
      sampleProcess([exitingThread()] + threads), ending: .exited(status: 0), resolver: Counting(counter: counter))
    #expect(counter.batches == [99 * 5])
  }

  @Test func failingLooksAtTheLevelAndAtTheChildren() {
    let clean = report(sampleProcess([exitingThread()]))
    let noted = report(sampleProcess([exitingThread(), daemon(2, "d")]))
    #expect(failing(noted, failOn: .note))
    #expect(!failing(noted, failOn: .warning))
    #expect(!failing(noted, failOn: nil))
    var parent = clean
    #expect(!failing(parent, failOn: .note))
    parent.children = [noted]
    #expect(failing(parent, failOn: .note))
    parent.children = []
    parent.suppressed = noted.findings
    #expect(!failing(parent, failOn: .note))
  }
}
