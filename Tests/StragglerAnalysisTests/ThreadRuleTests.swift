// abandoned-thread, abandoned-user-thread, unjoined-thread, and the list of threads.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct ThreadRuleTests {
  @Test func aProcessWhoseThreadsAllEndedLeavesNothing() {
    let process = sampleProcess([exitingThread(), thread(2) { $0.lifecycle = .ended(joined: true) }])
    let result = report(process)
    #expect(result.findings.isEmpty)
    #expect(result.threads.map(\.thread.identity.number) == [1])
    #expect(!failing(result, failOn: .note))
  }

  @Test func aDaemonThatHeldNothingIsANote() {
    let finding = report(sampleProcess([exitingThread(), daemon(2, "pulse")])).only(.abandonedThread)
    #expect(finding?.level == .note)
    #expect(finding?.message == "daemon thread \"pulse\" was abandoned, holding nothing")
  }

  @Test func aThreadThatHasNotRunYetIsAbandonedToo() {
    let process = sampleProcess([
      exitingThread(),
      thread(2) {
        $0.lifecycle = .starting
        $0.id = nil
      },
    ])
    #expect(report(process).rules == [.abandonedThread])
  }

  /// It left by a raw system call.
  @Test func aThreadThatVanishedIsNotAbandoned() {
    let vanished = thread(2) { $0.vanished = true }
    let detached = thread(3) {
      $0.vanished = true
      $0.detached = true
    }
    let result = report(sampleProcess([exitingThread(), vanished, detached]))
    #expect(result.rules == [.unjoinedThread])
    #expect(result.threads.map(\.thread.state) == [.exiting, .unjoined])
  }

  @Test func aThreadThatNobodyJoinedIsANote() {
    let process = sampleProcess([exitingThread(), thread(2, "done") { $0.lifecycle = .ended(joined: false) }])
    let result = report(process)
    #expect(result.only(.unjoinedThread)?.message == "thread \"done\" ended, and nobody joined it")
    #expect(result.threads.map(\.thread.state) == [.exiting, .unjoined])
  }

  @Test func aUserThreadThatExitDidNotWaitForIsAWarning() {
    let process = sampleProcess([exitingThread(), userThread(2, "saver")], exit: .underscore)
    let finding = report(process).only(.abandonedUserThread)
    #expect(finding?.level == .warning)
    #expect(finding?.message == "non-daemon thread \"saver\" was abandoned: the process did not wait for it")
  }

  @Test func aUserThreadWithALockGivesBothFindings() {
    let process = sampleProcess(
      [exitingThread(), userThread(2, "saver") { $0.holds = [hold(0x10)] }], exit: .underscore)
    #expect(report(process).rules == [.abandonedLock, .abandonedUserThread])
  }

  @Test func aMainThreadCutOffInTheMiddleOfItsWorkIsAWarning() {
    let process = sampleProcess([thread(1), exitingThread(2)], exiting: 2)
    let finding = report(process).only(.abandonedUserThread)
    #expect(finding?.message == "the main thread was in the middle of its work when thread 2 called exit")
    #expect(finding?.level == .warning)
  }

  @Test(arguments: [
    "dispatch_main", "_dispatch_sigsuspend", "pthread_exit", "__pthread_exit", "pthread_exit@@GLIBC_2.2.5",
    "swift_task_asyncMainDrainQueueImpl",
  ])
  func aParkedMainThreadIsNoFinding(function: String) {
    let stack = [libraryFrame(0x1, "__sigsuspend"), libraryFrame(0x2, function), programFrame(0x3, "main")]
    let process = sampleProcess([thread(1), exitingThread(2)], exiting: 2)
    #expect(report(process, .exited(status: 0), FakeResolver(stacks: [0xD001: stack])).findings.isEmpty)
  }

  @Test func ofAMainThreadWithoutAKnownStackNothingIsClaimed() {
    let resolver = FakeResolver(stacks: [0xD001: [libraryFrame(0x1, "__sigsuspend")]])
    let process = sampleProcess([thread(1), exitingThread(2)], exiting: 2)
    #expect(report(process, .exited(status: 0), resolver).findings.isEmpty)
    let unseen = sampleProcess([thread(1) { $0.stop = nil }, exitingThread(2)], exiting: 2)
    #expect(report(unseen).findings.isEmpty)
  }

  @Test func aMainThreadThatLeftByPthreadExitIsNoFinding() {
    let process = sampleProcess([thread(1) { $0.mainEnded = true }, exitingThread(2)], exiting: 2)
    let result = report(process)
    #expect(result.findings.isEmpty)
    #expect(result.threads.map(\.thread.identity.number) == [2])
  }

  @Test func aMainThreadInAKilledProcessIsNoFindingByItself() {
    let process = sampleProcess([thread(1) { $0.stop = nil }], exit: .none, phase: .running, exiting: nil)
    #expect(report(process, .signaled(9)).findings.isEmpty)
    #expect(report(process, .signaled(15)).findings.isEmpty)
  }

  @Test func aMainThreadKilledWithALockIsAFinding() {
    let process = sampleProcess(
      [thread(1) { $0.holds = [hold(0x10)] }], exit: .none, phase: .running, exiting: nil, names: [0x10: "db"])
    let finding = report(process, .signaled(9)).only(.abandonedLock)
    #expect(finding?.message == "the main thread was abandoned holding lock \"db\"")
    #expect(finding?.thread?.identity.name == "main")
  }

  @Test func aKilledProcesssThreadsAreAllAbandoned() {
    let process = sampleProcess(
      [thread(1), daemon(2, "d"), userThread(3, "u")], exit: .none, phase: .running, exiting: nil)
    let result = report(process, .signaled(9))
    #expect(result.rules == [.abandonedUserThread, .abandonedThread])
    #expect(result.threads.map(\.thread.state) == [.abandoned, .abandoned, .abandoned])
  }

  @Test func anAuditSaysWhatWouldBeAbandonedAndSparesTheMainThread() {
    let process = sampleProcess(
      [thread(1) { $0.holds = [hold(0x20)] }, daemon(2, "writer") { $0.holds = [hold(0x10)] }], exit: .none,
      phase: .running, exiting: nil)
    let result = report(process, .running)
    #expect(result.findings.map(\.message) == ["daemon thread \"writer\" would be abandoned holding an unnamed mutex"])
    #expect(result.threads.map(\.thread.state) == [.running, .running])
    #expect(result.process?.exit.kind == .running)
  }

  @Test func threadsReplacedByExecAreAbandoned() {
    let process = sampleProcess([exitingThread(), daemon(2, "w") { $0.holds = [hold(0x10)] }], exit: .exec)
    let result = report(process, .unknown)
    #expect(result.process?.exit.kind == .exec)
    #expect(result.rules == [.abandonedLock])
  }

  @Test func theListOfThreadsCountsWhatEachHad() {
    let process = sampleProcess(
      [exitingThread(), daemon(2, "w") { $0.holds = [hold(0x10), hold(0x20)] }], files: [file(5, opener: 2)],
      sections: [section("s", thread: 2)])
    #expect(report(process).threads.map(\.holds) == [0, 4])
  }
}
