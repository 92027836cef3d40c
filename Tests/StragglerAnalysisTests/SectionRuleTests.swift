// abandoned-section.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct SectionRuleTests {
  @Test func anAbandonedThreadInsideASectionIsAnError() {
    let process = sampleProcess([exitingThread(), daemon(2, "clerk")], sections: [section("transfer", thread: 2)])
    let result = report(process)
    let finding = result.only(.abandonedSection)
    #expect(result.rules == [.abandonedSection])
    #expect(finding?.level == .error)
    #expect(finding?.message == "daemon thread \"clerk\" was abandoned inside critical section \"transfer\"")
    #expect(finding?.resource?.kind == .criticalSection)
    #expect(finding?.acquired?.frames.map(\.address) == [0xA500])
  }

  @Test func aTasksSectionIsFoundWhateverBecameOfItsThread() {
    for thread in [thread(2, "pool"), thread(2, "pool") { $0.lifecycle = .ended(joined: true) }] {
      let process = sampleProcess([exitingThread(), thread], sections: [section("transfer", thread: 2, task: 0x700)])
      let finding = report(process).only(.abandonedSection)
      #expect(
        finding?.message
          == "a task was abandoned inside critical section \"transfer\", which it entered on thread \"pool\"")
      #expect(finding?.stopped == nil)
    }
  }

  @Test func aTasksSectionIsNoHoldOfTheThreadItWasEnteredOn() {
    let process = sampleProcess([exitingThread(), thread(2, "pool")], sections: [section("t", thread: 2, task: 7)])
    #expect(report(process).rules == [.abandonedSection, .abandonedThread])
  }

  @Test func aThreadThatEndedInsideASectionIsAnError() {
    let process = sampleProcess([exitingThread()], sections: [section("transfer", thread: 9)])
    let finding = report(process).only(.abandonedSection)
    #expect(finding?.message == "thread 9 ended inside critical section \"transfer\"")
    #expect(finding?.thread == nil)
  }

  @Test func theExitingThreadsSectionIsANote() {
    let process = sampleProcess([exitingThread()], sections: [section("transfer", thread: 1)])
    #expect(report(process).rules == [.heldAtExit])
  }

  @Test func theMainThreadsSectionIsNoFindingOfAnAudit() {
    let process = sampleProcess(
      [thread(1)], exit: .none, phase: .running, exiting: nil, sections: [section("s", thread: 1)])
    #expect(report(process, .running).findings.isEmpty)
  }
}
