// deadlocked-exit, stalled-exit, and the proof of a deadlock.

@testable import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct BlockedExitTests {
  private func blocked(_ threads: [RecordedThread], phase: RecordedExit.Phase = .exiting) -> RecordedProcess {
    sampleProcess(threads, phase: phase, names: [0x10: "a", 0x20: "b"])
  }

  private var circle: RecordedProcess {
    blocked([
      exitingThread {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.mutex, 0x20)
      },
      daemon(2, "w") {
        $0.holds = [hold(0x20, at: 0xA100)]
        $0.wait = wait(.mutex, 0x10)
      },
    ])
  }

  @Test func aCircleIsOneFindingThatListsItsWaits() throws {
    let result = report(circle, .deadlocked)
    let finding = try #require(result.only(.deadlockedExit))
    #expect(result.rules == [.deadlockedExit])
    #expect(
      finding.message == "exit is deadlocked: the main thread waits for lock \"b\" held by daemon thread \"w\", "
        + "which waits for lock \"a\" held by the main thread")
    #expect(finding.circle.map(\.thread.number) == [1, 2])
    #expect(finding.circle.map { $0.acquired?.frames.first?.address } == [0xA100, 0xA000])
    #expect(finding.resource?.name == "b")
    #expect(result.process?.exit.kind == .stalled)
  }

  @Test func aCircleIsFoundInAProcessThatSomebodyElseKilled() {
    #expect(report(circle, .signaled(9)).rules == [.deadlockedExit])
  }

  /// As a linked program's own recorder leaves it: frozen in the middle of the exit, by its own decision.
  @Test func aCircleIsFoundInAnExitThatWasEndedFromWithin() {
    var process = circle
    process.exit.phase = .frozen
    process.exit.kind = .stalled
    #expect(report(process, .exited(status: 0)).rules == [.deadlockedExit])
    process.threads[1].wait = nil
    process.threads[0].wait = nil
    #expect(
      report(process, .exited(status: 0)).only(.stalledExit)?.message
        == "exit did not end in time: the main thread was still inside exit()")
  }

  private static let lockBit: UInt64 = 1 << 63

  /// The exiting thread waits for descriptor 4 of a file, thread 2 has descriptor 5 locked and waits for a mutex of the exiting
  /// one's.
  private func fileCircle(_ call: Int64, _ states: [RecordedFile.LockState?], operation: UInt64 = 2) -> RecordedProcess
  {
    var process = blocked([
      exitingThread {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.fileLock, Self.lockBit | 4)
        let standing = RecordedStop.SystemCall(
          number: call, arguments: [4, operation, 0, 0, 0, 0], sp: 0x7000, pc: 0x44)
        $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: standing)
      },
      daemon(2, "w") {
        $0.holds = [hold(Self.lockBit | 5, .fileLock)]
        $0.wait = wait(.mutex, 0x10)
      },
    ])
    process.files = [file(4, opener: 1), file(5, opener: 2)]
    for index in 0..<2 { process.files[index].lockState = states[index] }
    return process
  }

  private func state(_ inode: UInt64, flocked: Bool = false) -> RecordedFile.LockState {
    RecordedFile.LockState(device: 7, inode: inode, isFlocked: flocked)
  }

  @Test func `a flock of the same file closes a circle`() {
    #expect(exitDeadlock(in: fileCircle(73, [state(1), state(1, flocked: true)])) != nil)
  }

  /// The name was given to another file since; nobody looked; the lock that is held is fcntl's; one of a part is waited for.
  @Test func `a file lock that may be another one's closes no circle`() {
    #expect(exitDeadlock(in: fileCircle(73, [state(2), state(1, flocked: true)])) == nil)
    #expect(exitDeadlock(in: fileCircle(73, [nil, nil])) == nil)
    #expect(exitDeadlock(in: fileCircle(73, [state(1), state(1)])) == nil)
    #expect(exitDeadlock(in: fileCircle(72, [state(1), state(1, flocked: true)], operation: 38)) == nil)
    #expect(exitDeadlock(in: fileCircle(72, [state(1), state(1, flocked: true)], operation: 7)) == nil)
  }

  @Test(arguments: [nil, 73, 72] as [Int64?])
  func `an exit that waits for another part of what it has locked is no circle`(call: Int64?) {
    let lock = Self.lockBit | 4
    var process = blocked([
      exitingThread {
        $0.holds = [hold(lock, .fileLock)]
        $0.wait = wait(.fileLock, lock)
        $0.stop = call.map { number in
          RecordedStop(
            outcome: .unfrozen, stack: nil,
            systemCall: RecordedStop.SystemCall(number: number, arguments: [4, 7, 0, 0, 0, 0], sp: 0x7000, pc: 0x44))
        }
      }
    ])
    process.files = [file(4, opener: 1)]
    process.files[0].lockState = state(1, flocked: true)
    #expect(exitDeadlock(in: process) == nil)
    #expect(report(process, .signaled(9)).only(.deadlockedExit) == nil)
  }

  @Test func theProofNamesThreadsAndAddresses() {
    #expect(
      exitDeadlock(in: circle)?.links == [
        ExitDeadlock.Link(thread: 1, holder: 2, kind: .mutex, address: 0x20),
        ExitDeadlock.Link(thread: 2, holder: 1, kind: .mutex, address: 0x10),
      ])
  }

  @Test func aJoinOfAThreadThatNeedsTheJoinersLockIsACircle() {
    let process = blocked([
      exitingThread {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.join, thread: 2)
      },
      thread(2, "w") { $0.wait = wait(.mutex, 0x10) },
    ])
    #expect(
      report(process, .stalled).only(.deadlockedExit)?.message
        == "exit is deadlocked: the main thread waits for thread \"w\" to end, which waits for lock \"a\" held by "
        + "the main thread")
  }

  @Test func aLockLeftByAnEndedThreadNeverComes() {
    let process = blocked([
      exitingThread { $0.wait = wait(.mutex, 0x10) },
      thread(2, "gone") {
        $0.lifecycle = .ended(joined: true)
        $0.holds = [hold(0x10)]
      },
    ])
    let result = report(process, .deadlocked)
    #expect(result.rules == [.deadlockedExit])
    #expect(result.findings[0].message.hasSuffix("lock \"a\", which thread \"gone\" left locked when it ended"))
  }

  @Test func aRobustMutexOfAnEndedThreadComes() {
    let process = blocked([
      exitingThread { $0.wait = wait(.mutex, 0x10) },
      thread(2) {
        $0.lifecycle = .ended(joined: true)
        $0.holds = [hold(0x10, robust: true)]
      },
    ])
    #expect(exitDeadlock(in: process) == nil)
  }

  @Test func aMutexThatTheExitingThreadHoldsItselfNeverComes() {
    let process = blocked([
      exitingThread {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.mutex, 0x10)
      }
    ])
    #expect(
      report(process, .deadlocked).findings.map(\.message) == [
        "exit is deadlocked: the main thread waits for lock \"a\", which it holds itself"
      ])
  }

  @Test func aCircleThatTheExitOnlyWaitsForIsADeadlockToo() {
    let process = blocked([
      exitingThread { $0.wait = wait(.join, thread: 2) },
      thread(2, "x") {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.mutex, 0x20)
      },
      thread(3, "y") {
        $0.holds = [hold(0x20, at: 0xA100)]
        $0.wait = wait(.mutex, 0x10)
      },
    ])
    let result = report(process, .deadlocked)
    #expect(result.rules == [.deadlockedExit])
    #expect(result.findings[0].circle.map(\.thread.number) == [1, 2, 3])
  }

  @Test func anotherLockOfAThreadOfTheCircleIsStillFound() {
    var process = circle
    process.threads[1].holds.append(hold(0x30, at: 0xA200))
    #expect(report(process, .deadlocked).rules == [.abandonedLock, .deadlockedExit])
  }

  @Test func aWriterThatWaitsForAReaderInTheCircleNeverGetsIn() {
    let process = blocked([
      exitingThread {
        $0.holds = [hold(0x10)]
        $0.wait = wait(.readWriteLock, 0x20)
      },
      thread(2) { $0.holds = [hold(0x20, .readWriteLock, mode: .shared)] },
      thread(3) {
        $0.holds = [hold(0x20, .readWriteLock, mode: .shared)]
        $0.wait = wait(.mutex, 0x10)
      },
    ])
    #expect(exitDeadlock(in: process)?.links.map(\.thread) == [1, 3])
  }

  private func once(_ change: (inout [RecordedThread]) -> Void = { _ in }) -> RecordedProcess {
    var process = blocked([
      exitingThread {
        $0.holds = [hold(0x20)]
        $0.wait = wait(.once, 0x10)
      },
      thread(2, "runner") {
        $0.onceRunning = 0x10
        $0.wait = wait(.mutex, 0x20)
      },
    ])
    change(&process.threads)
    return process
  }

  @Test func aOnceRoutineThatWaitsForTheExitsLockIsACircle() {
    let result = report(once(), .deadlocked)
    #expect(
      result.only(.deadlockedExit)?.message
        == "exit is deadlocked: the main thread waits for once \"a\", whose routine thread \"runner\" runs, which waits for "
        + "lock \"b\" held by the main thread")
  }

  @Test func aOnceRoutineThatAsksForItselfIsACircle() {
    let process = blocked([
      exitingThread {
        $0.onceRunning = 0x10
        $0.wait = wait(.once, 0x10)
      }
    ])
    let message = report(process, .deadlocked).only(.deadlockedExit)?.message
    #expect(message?.hasSuffix("whose routine it runs itself") == true)
  }

  @Test func aOnceRoutineThatRunsIsStalledAndNamesItsRunner() {
    let process = once { $0[1].wait = nil }
    #expect(exitDeadlock(in: process) == nil)
    let finding = report(process, .stalled).only(.stalledExit)
    #expect(finding?.message.hasSuffix("waits for once \"a\", whose routine thread \"runner\" runs") == true)
    #expect(finding?.thread?.identity.name == "runner")
  }

  @Test func aOnceRoutineThatNobodyIsKnownToRunIsNoDeadlock() {
    #expect(exitDeadlock(in: once { $0[1].onceRunning = nil }) == nil)
    #expect(exitDeadlock(in: once { $0.append(thread(3) { $0.onceRunning = 0x10 }) }) == nil)
  }

  static let hopeful: [(String, @Sendable (inout [RecordedThread]) -> Void)] = [
    ("a holder that runs", { $0[1].wait = nil }),
    ("a holder that waits for a condition", { $0[1].wait = wait(.condition, 0x10) }),
    ("a wait of the exit with a time limit", { $0[0].wait = wait(.mutex, 0x20, timed: true) }),
    ("a wait of the holder with a time limit", { $0[1].wait = wait(.mutex, 0x10, timed: true) }),
    ("a lock that nobody is known to hold", { $0[0].wait = wait(.mutex, 0x99) }),
    (
      "a semaphore, which anybody may post",
      {
        $0[0].wait = wait(.semaphore, 0x20)
        $0[1].holds = [hold(0x20, .semaphore)]
      }
    ),
    (
      "a join of a thread that has ended",
      {
        $0[0].wait = wait(.join, thread: 2)
        $0[1].lifecycle = .ended(joined: false)
      }
    ),
    ("a join of an unknown thread", { $0[0].wait = wait(.join) }),
    ("two owners of one lock: a torn sample", { $0.append(thread(3) { $0.holds = [hold(0x20)] }) }),
    (
      "a reader that waits for readers",
      {
        $0[0].wait = wait(.readWriteLock, 0x20, mode: .shared)
        $0[1].holds = [hold(0x20, .readWriteLock, mode: .shared)]
      }
    ),
  ]

  @Test(arguments: hopeful.indices)
  func whatCanStillComeIsNoDeadlock(index: Int) {
    var process = circle
    Self.hopeful[index].1(&process.threads)
    #expect(exitDeadlock(in: process) == nil, "\(Self.hopeful[index].0)")
  }

  @Test func beforeTheExitBeginsThereIsNoDeadlockOfIt() {
    var process = circle
    process.exit.begun = nil
    #expect(exitDeadlock(in: process) == nil)
    process = circle
    process.exit.phase = .frozen
    #expect(exitDeadlock(in: process) == nil)
  }

  @Test func longChainsAreFollowedWithoutRecursion() {
    let count = 20_000
    var threads = [exitingThread { $0.wait = wait(.mutex, 2) }]
    for number in 2...count {
      threads.append(
        thread(number) {
          $0.holds = [hold(UInt64(number))]
          $0.wait = wait(.mutex, UInt64(number == count ? 2 : number + 1))
        })
    }
    #expect(exitDeadlock(in: blocked(threads))?.links.count == count)
  }

  @Test func aStallNamesTheThreadThatIsJoinedAndWhereItStands() throws {
    let process = blocked(
      [exitingThread { $0.wait = wait(.join, thread: 2) }, userThread(2, "poller")], phase: .joining)
    let result = report(process, .stalled)
    let finding = try #require(result.only(.stalledExit))
    #expect(result.rules == [.stalledExit])
    #expect(
      finding.message
        == "exit did not end in time: the main thread waits for non-daemon thread \"poller\" to end")
    #expect(finding.thread?.identity.name == "poller")
    #expect(finding.stopped?.frames.map(\.address) == [0xD002])
    #expect(finding.waiters.map(\.name) == ["main"])
  }

  @Test func aStallNamesTheHolderOfTheLock() {
    let process = blocked([
      exitingThread { $0.wait = wait(.mutex, 0x10) }, daemon(2, "busy") { $0.holds = [hold(0x10)] },
    ])
    let result = report(process, .stalled)
    #expect(result.rules == [.abandonedLock, .stalledExit])
    #expect(result.only(.stalledExit)?.message.hasSuffix("waits for lock \"a\" held by daemon thread \"busy\"") == true)
  }

  @Test func aStallForNobodySaysWhatTheExitWasDoing() {
    let finding = report(blocked([exitingThread()], phase: .exitCallbacks), .stalled).only(.stalledExit)
    #expect(finding?.message == "exit did not end in time: the main thread was still running exit callbacks")
    #expect(finding?.thread?.state == .exiting)
  }

  @Test func aStallIsFoundEvenIfTheRecordNamesNoExitingThread() {
    let process = sampleProcess([thread(1)], phase: .exiting, exiting: nil)
    #expect(report(process, .stalled).rules == [.stalledExit])
  }
}
