// Tasks that are known by name.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct TaskRuleTests {
  private func task(_ name: String, _ identity: UInt64) -> RecordedSection {
    var task = section(name, thread: 1, task: identity)
    task.isTask = true
    return task
  }

  @Test func aTaskThatHasNotEndedIsReportedLikeAThreadThatHadNothing() {
    let result = report(sampleProcess([exitingThread()], sections: [task("ticker", 2)]))
    let finding = result.only(.abandonedThread)
    #expect(result.rules == [.abandonedThread])
    #expect(finding?.level == .note)
    #expect(finding?.message == "task \"ticker\" was abandoned, inside no critical section")
    #expect(finding?.thread == nil && finding?.resource == nil)
    #expect(finding?.created?.frames.map(\.address) == [0xA500])
  }

  @Test func aTaskInsideASectionIsReportedOnceAndByItsName() {
    let sections = [task("uploader", 4), section("transfer", thread: 2, task: 4)]
    let result = report(sampleProcess([exitingThread(), thread(2, "pool")], sections: sections))
    #expect(result.rules == [.abandonedSection, .abandonedThread])  // the second one is the pool's thread
    #expect(
      result.only(.abandonedSection)?.message
        == "task \"uploader\" was abandoned inside critical section \"transfer\", which it entered on thread \"pool\"")
    #expect(result.only(.abandonedThread)?.thread?.identity.name == "pool")
  }

  @Test func anotherTasksSectionDoesNotHideATask() {
    let sections = [task("ticker", 2), section("transfer", thread: 1, task: 4)]
    let result = report(sampleProcess([exitingThread()], sections: sections))
    #expect(result.rules == [.abandonedSection, .abandonedThread])
  }
}
