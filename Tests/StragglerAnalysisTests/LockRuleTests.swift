// abandoned-lock, orphaned-lock, held-at-exit.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct LockRuleTests {
  @Test func anAbandonedDaemonsLockIsAnErrorThatNamesBoth() throws {
    let process = sampleProcess(
      [exitingThread(), daemon(2, "writer") { $0.holds = [hold(0x10)] }], names: [0x10: "journal"])
    let result = report(process)
    let finding = try #require(result.only(.abandonedLock))
    #expect(result.rules == [.abandonedLock])
    #expect(finding.level == .error)
    #expect(finding.message == "daemon thread \"writer\" was abandoned holding lock \"journal\"")
    #expect(finding.resource == ReportedResource(kind: .mutex, mode: .exclusive, name: "journal", address: 0x10))
    #expect(finding.thread?.state == .abandoned)
    #expect(finding.acquired?.frames.map(\.address) == [0xA000])
    #expect(finding.created?.frames.map(\.address) == [0xC000])
    #expect(finding.stopped?.frames.map(\.address) == [0xD002])
  }

  @Test func aThreadThatIsNotDeclaredIsCalledAThread() {
    let process = sampleProcess([exitingThread(), thread(2, "pool") { $0.holds = [hold(0x10)] }])
    #expect(report(process).findings.map(\.message) == ["thread \"pool\" was abandoned holding an unnamed mutex"])
  }

  @Test func anUnnamedThreadIsCalledByWhatItRuns() {
    let process = sampleProcess([
      exitingThread(),
      thread(2) {
        $0.startRoutine = 0x99
        $0.holds = [hold(0x10, .readWriteLock, mode: .shared)]
      },
    ])
    let resolver = FakeResolver(symbols: [0x10: "cache"], functions: [0x99: "poll_events"])
    #expect(
      report(process, .exited(status: 0), resolver).findings.map(\.message) == [
        "thread 2 (poll_events) was abandoned holding the read side of read-write lock \"cache\""
      ])
  }

  @Test func aSemaphoreIsAWarning() {
    let process = sampleProcess([exitingThread(), thread(2, "t") { $0.holds = [hold(0x10, .semaphore)] }])
    let finding = report(process).only(.abandonedLock)
    #expect(finding?.level == .warning)
    #expect(finding?.message == "thread \"t\" was abandoned having last taken an unnamed semaphore")
  }

  @Test func aLockOfAnotherLanguageIsAMutex() {
    let process = sampleProcess([exitingThread(), thread(2) { $0.holds = [hold(0x10, .annotated)] }])
    #expect(report(process).findings.first?.resource?.kind.reportName == "mutex")
  }

  @Test func whoWaitsForTheLockIsNamed() {
    let process = sampleProcess([
      exitingThread(), daemon(2, "writer") { $0.holds = [hold(0x10)] },
      daemon(3, "reader") { $0.wait = wait(.mutex, 0x10) },
    ])
    let result = report(process)
    #expect(result.only(.abandonedLock)?.waiters == [ThreadName(number: 3, id: 4713, name: "reader")])
    let waiting = result.only(.abandonedThread)?.waitingFor
    #expect(waiting?.holders == [ThreadName(number: 2, id: 4712, name: "writer")])
  }

  @Test func aThreadWaitingForAConditionHoldsNothing() {
    let process = sampleProcess([
      exitingThread(),
      daemon(2, "consumer") {
        $0.holds = [hold(0x10, object: mutex(lock: 0, owner: 0), waiting: true)]
        $0.wait = wait(.condition, 0x50)
      },
    ])
    let result = report(process)
    #expect(result.rules == [.abandonedThread])
    #expect(result.findings[0].waitingFor?.kind == .condition)
  }

  @Test func aThreadStuckOnAFutexSaysWhichWord() {
    let call = RecordedStop.SystemCall(number: 202, arguments: [0x9000, 128, 2, 0, 0, 0], sp: 0, pc: 0x44)
    let process = sampleProcess([
      exitingThread(), daemon(2, "w") { $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: call) },
    ])
    let finding = report(process).only(.abandonedThread)
    #expect(finding?.waitingFor == ReportedWait(kind: .futex, name: nil, address: 0x9000, holders: []))
    #expect(finding?.stopped?.frames.map(\.address) == [0x44])
  }

  @Test func aLockLeftByAnEndedThreadIsOrphaned() {
    for joined in [true, false] {
      let process = sampleProcess([
        exitingThread(),
        thread(2, "gone") {
          $0.lifecycle = .ended(joined: joined)
          $0.holds = [hold(0x10, object: mutex(owner: 4712))]
        },
      ])
      let finding = report(process).only(.orphanedLock)
      #expect(finding?.level == .error)
      #expect(finding?.message == "thread \"gone\" ended without unlocking an unnamed mutex")
      #expect(finding?.thread?.state == (joined ? .ended : .unjoined))
    }
  }

  /// It is the open file's or the process's.
  @Test func aFilesLockTakenByAnEndedThreadIsOrphanedOnlyWhereOneWaitsForIt() {
    let keeper = thread(2, "keeper") {
      $0.lifecycle = .ended(joined: true)
      $0.holds = [hold(1 << 63 | 5, .fileLock)]
    }
    let files = [file(4, opener: 1), file(5, opener: 1)]
    #expect(report(sampleProcess([exitingThread(), keeper], files: files)).findings.isEmpty)
    let flock = RecordedStop.SystemCall(number: 73, arguments: [4, 2, 0, 0, 0, 0], sp: 0, pc: 0x44)
    let waiter = daemon(3, "waiter") {
      $0.wait = wait(.fileLock, 1 << 63 | 4)
      $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: flock)
    }
    let finding = report(sampleProcess([exitingThread(), keeper, waiter], files: files)).only(.orphanedLock)
    #expect(finding?.level == .error && finding?.waiters.map(\.number) == [3])
  }

  @Test func aFilesLockIsNoMistakeOfAProgramThatASignalEnds() {
    let process = sampleProcess(
      [
        thread(1),
        daemon(2, "writer") { $0.holds = [hold(1 << 63 | 5, .fileLock), hold(0x10, object: mutex(owner: 4712))] },
      ], exiting: nil, files: [file(5, opener: 1)])
    let levels: [(ObservedEnding, Level)] = [
      (.signaled(15), .note), (.signaled(9), .note), (.exited(status: 0), .error),
    ]
    for (ending, level) in levels {
      let findings = report(process, ending).findings.filter { $0.rule == .abandonedLock }
      let found = Dictionary(uniqueKeysWithValues: findings.map { ($0.resource?.kind, $0.level) })
      #expect(found == [.fileLock: level, .mutex: .error], "\(ending)")
    }
  }

  @Test func aRobustMutexLeftByAnEndedThreadIsAWarning() {
    let process = sampleProcess([
      exitingThread(),
      thread(2) {
        $0.lifecycle = .ended(joined: true)
        $0.holds = [hold(0x10, object: mutex(lock: 0x4000_0000, owner: 4712, kind: 16), robust: true)]
      },
    ])
    #expect(report(process).only(.orphanedLock)?.level == .warning)
  }

  @Test func aLockThatSomebodyUnlockedSinceIsNotOrphaned() {
    let process = sampleProcess([
      exitingThread(),
      thread(2) {
        $0.lifecycle = .ended(joined: true)
        $0.holds = [hold(0x10, object: mutex(lock: 0, owner: 0))]
      },
    ])
    #expect(report(process).findings.isEmpty)
  }

  @Test func aLockTakenByALivingThreadSinceIsThatThreads() {
    let process = sampleProcess([
      exitingThread(),
      thread(2) {
        $0.lifecycle = .ended(joined: true)
        $0.holds = [hold(0x10, .spinLock, object: object([0: 0], length: 4))]
      },
      thread(3) { $0.holds = [hold(0x10, .spinLock, object: object([0: 0], length: 4))] },
    ])
    #expect(report(process).rules == [.abandonedLock])
  }

  @Test func readersThatLiveDoNotMakeAnEndedReaderAnOrphan() {
    func process(readers: UInt32) -> RecordedProcess {
      let lock = object([0: readers << 3], length: 56)
      return sampleProcess([
        exitingThread(),
        thread(2) {
          $0.lifecycle = .ended(joined: true)
          $0.holds = [hold(0x10, .readWriteLock, mode: .shared, object: lock)]
        },
        thread(3) { $0.holds = [hold(0x10, .readWriteLock, mode: .shared, object: lock)] },
      ])
    }
    #expect(report(process(readers: 1)).rules == [.abandonedLock])
    #expect(report(process(readers: 2)).rules == [.abandonedLock, .orphanedLock])
  }

  /// Given back by another thread than its taker, and taken by a third: the lock does not say whose record is right.
  @Test(arguments: [ResourceKind.spinLock, .readWriteLock]) func ofTwoThatClaimOneLockNeitherIsBelieved(
    kind: ResourceKind
  ) {
    let isSpin = kind == .spinLock
    func process(readers: UInt32) -> RecordedProcess {
      let lock = object([0: isSpin ? 0 : readers << 3], length: isSpin ? 4 : 56)
      let claim = hold(0x10, kind, mode: isSpin ? .exclusive : .shared, object: lock)
      return sampleProcess([
        exitingThread(), daemon(2, "a") { $0.holds = [claim] }, daemon(3, "b") { $0.holds = [claim] },
      ])
    }
    let doubtful = report(process(readers: 1))
    #expect(doubtful.rules == [.abandonedThread])
    #expect(doubtful.unseen.contains { $0.hasPrefix("which of thread \"a\" (2), thread \"b\" (3) has ") })
    guard !isSpin else { return }
    let sure = report(process(readers: 2))
    #expect(sure.rules == [.abandonedLock] && sure.unseen.isEmpty)
  }

  @Test func theLockOfAThreadThatVanishedIsOrphaned() {
    let process = sampleProcess([
      exitingThread(),
      thread(2) {
        $0.vanished = true
        $0.holds = [hold(0x10, object: mutex(owner: 4712))]
      },
    ])
    #expect(report(process).rules == [.orphanedLock, .unjoinedThread])
  }

  @Test func theExitingThreadHasOnlyTakenItsSemaphore() {
    let process = sampleProcess([exitingThread { $0.holds = [hold(0x10, .semaphore)] }])
    let message = report(process).only(.heldAtExit)?.message
    #expect(message?.hasSuffix("called exit having last taken an unnamed semaphore") == true)
  }

  @Test func theExitingThreadsLockIsANote() {
    let process = sampleProcess([exitingThread { $0.holds = [hold(0x10)] }], names: [0x10: "log"])
    let finding = report(process).only(.heldAtExit)
    #expect(finding?.level == .note)
    #expect(finding?.message == "the main thread called exit while holding lock \"log\"")
    #expect(finding?.thread?.state == .exiting)
  }

  @Test func whatAProgramTakesThroughExecIsNotLeft() {
    var process = sampleProcess([exitingThread { $0.holds = [hold(0x10), hold(3, .fileLock)] }], names: [0x10: "log"])
    process.exit.kind = .exec
    let finding = report(process).only(.heldAtExit)
    #expect(finding?.message == "the main thread called exec while holding lock \"log\"")
  }

  /// `__owner` of a mutex goes on naming the thread as its parent's kernel did.
  @Test func aForkedChildHasWhatItsThreadTookBefore() {
    func process(_ kind: RecordedExit.Kind, owner: UInt32) -> RecordedProcess {
      var process = sampleProcess([
        exitingThread {
          $0.holds = [hold(0x10, object: mutex(owner: owner))]
          $0.holds[0].formerOwner = 99
        }
      ])
      process.exit.kind = kind
      return process
    }
    #expect(report(process(.return, owner: 99)).rules == [.heldAtExit])
    #expect(report(process(.return, owner: 98)).rules == [])
    #expect(report(process(.underscore, owner: 99)).rules == [])
  }

  @Test func threadsInACircleAreSaidToBeDeadlocked() {
    let process = sampleProcess([
      exitingThread(),
      daemon(2, "a") {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.mutex, 0x20)
      },
      daemon(3, "b") {
        $0.holds = [hold(0x20, at: 0xA100)]
        $0.wait = wait(.mutex, 0x10)
      },
    ])
    let messages = report(process).findings.map(\.message)
    #expect(messages[0].hasSuffix("; it is deadlocked with daemon thread \"b\""))
    #expect(messages[1].hasSuffix("; it is deadlocked with daemon thread \"a\""))
  }

  @Test func aThreadThatWaitsForItsOwnMutexIsDeadlocked() {
    let process = sampleProcess([
      exitingThread(),
      daemon(2, "a") {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.mutex, 0x10)
      },
    ])
    let finding = report(process).only(.abandonedLock)
    let words = "; it is deadlocked: it waits for an unnamed mutex, which it holds itself"
    #expect(finding?.message.hasSuffix(words) == true)
    #expect(finding?.waiters == [])
  }

  @Test func aReaderThatAsksForTheWriteSideIsNotSaidToWaitForTheReadSide() {
    let process = sampleProcess([
      exitingThread(),
      daemon(2, "a") {
        $0.holds = [hold(0x10, .readWriteLock, mode: .shared)]
        $0.wait = wait(.readWriteLock, 0x10)
      },
    ])
    let message = report(process).only(.abandonedLock)?.message
    #expect(message?.hasSuffix("it waits for an unnamed read-write lock, which it holds itself") == true)
  }

  @Test func aWaitWithATimeLimitIsNoDeadlock() {
    let process = sampleProcess([
      exitingThread(),
      daemon(2, "a") {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.mutex, 0x10, timed: true)
      },
    ])
    #expect(report(process).only(.abandonedLock)?.message.contains("deadlocked") == false)
  }
}
