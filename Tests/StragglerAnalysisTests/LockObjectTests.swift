// What a lock's own bytes let stand of the record.

import CStragglerArena
import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct LockObjectTests {
  private func rules(_ hold: RecordedHold) -> [RuleID] {
    report(sampleProcess([exitingThread(), daemon(2, "writer") { $0.holds = [hold] }])).rules
  }

  @Test func aMutexWhoseOwnerFieldAgreesIsHeld() {
    #expect(rules(hold(0x10, object: mutex(owner: 4712))) == [.abandonedLock])
  }

  @Test func aMutexOwnedByAnotherIsNotHeld() {
    #expect(rules(hold(0x10, object: mutex(owner: 4799))) == [.abandonedThread])
  }

  @Test func aMutexWhoseLockWordIsFreeIsNotHeld() {
    #expect(rules(hold(0x10, object: mutex(lock: 0, owner: 4712))) == [.abandonedThread])
  }

  @Test func aMutexWithWaitersIsHeld() {
    #expect(rules(hold(0x10, object: mutex(lock: 2, owner: 4712))) == [.abandonedLock])
  }

  @Test func aPriorityInheritingMutexIsHeldByItsOwnerField() {
    #expect(rules(hold(0x10, object: mutex(lock: 0x8000_0000 | 4712, owner: 4712, kind: 32))) == [.abandonedLock])
  }

  @Test func theRuntimesOwnMutexIsHeldByWhomItsWordNames() {
    let runtimes = UInt32(STRAGGLER_OWNER_IN_WORD)
    #expect(rules(hold(0x10, object: mutex(lock: 4712, owner: 0, kind: runtimes))) == [.abandonedLock])
    #expect(rules(hold(0x10, object: mutex(lock: 0x8000_0000 | 4712, owner: 0, kind: runtimes))) == [.abandonedLock])
    #expect(rules(hold(0x10, object: mutex(lock: 4799, owner: 4712, kind: runtimes))) == [.abandonedThread])
    #expect(rules(hold(0x10, object: mutex(lock: 0, owner: 4712, kind: runtimes))) == [.abandonedThread])
  }

  @Test func aRecordWithoutBytesIsBelieved() {
    #expect(rules(hold(0x10)) == [.abandonedLock])
  }

  @Test func aMutexInFreedMemoryIsNoFinding() {
    #expect(rules(hold(0x10, object: .gone)) == [.abandonedThread])
  }

  @Test func aMutexGivenUpForAConditionWaitIsNotHeld() {
    #expect(rules(hold(0x10, waiting: true)) == [.abandonedThread])
    #expect(rules(hold(0x10, object: mutex(lock: 0, owner: 0), waiting: true)) == [.abandonedThread])
  }

  @Test func aMutexTakenBackAfterAConditionWaitIsHeld() {
    #expect(rules(hold(0x10, object: mutex(owner: 4712), waiting: true)) == [.abandonedLock])
  }

  @Test func theWriteSideIsHeldByItsWriterField() {
    let held = object([0: 2, 24: 4712], length: 56)
    #expect(rules(hold(0x10, .readWriteLock, object: held)) == [.abandonedLock])
    let others = object([0: 2, 24: 4799], length: 56)
    #expect(rules(hold(0x10, .readWriteLock, object: others)) == [.abandonedThread])
  }

  @Test func theReadSideIsHeldWhileThereAreReaders() {
    let held = object([0: 8], length: 56)
    #expect(rules(hold(0x10, .readWriteLock, mode: .shared, object: held)) == [.abandonedLock])
    let free = object([0: 1], length: 56)
    #expect(rules(hold(0x10, .readWriteLock, mode: .shared, object: free)) == [.abandonedThread])
  }

  @Test func aSpinLockIsHeldUnlessItsWordIsOne() {
    #expect(rules(hold(0x10, .spinLock, object: object([0: 0], length: 4))) == [.abandonedLock])
    #expect(rules(hold(0x10, .spinLock, object: object([0: 0xFFFF_FFFF], length: 4))) == [.abandonedLock])
    #expect(rules(hold(0x10, .spinLock, object: object([0: 1], length: 4))) == [.abandonedThread])
  }

  @Test func aPostedSemaphoreIsNotHeld() {
    #expect(rules(hold(0x10, .semaphore, object: object([0: 1], length: 32))) == [.abandonedThread])
    #expect(rules(hold(0x10, .semaphore, object: object([0: 0], length: 32))) == [.abandonedLock])
  }

  @Test func aStreamsLockIsHeldByItsOwnersHandle() {
    let held = object([0: 1, 4: 1, 8: 0, 12: 2], length: 16)
    #expect(rules(hold(0x10, .streamLock, object: held)) == [.abandonedLock])
    let others = object([0: 1, 4: 1, 8: 0, 12: 3], length: 16)
    #expect(rules(hold(0x10, .streamLock, object: others)) == [.abandonedThread])
  }

  @Test func bytesTooShortToJudgeLeaveTheRecordAlone() {
    #expect(rules(hold(0x10, object: .bytes([1, 0]))) == [.abandonedLock])
  }

  @Test func aLockInTransitIsAHoldIfItsOwnerFieldSaysSo() throws {
    let process = sampleProcess([
      exitingThread(),
      daemon(2, "writer") { $0.transit = RecordedTransit(address: 0x20, object: mutex(owner: 4712, kind: 1)) },
    ])
    let finding = try #require(report(process).only(.abandonedLock))
    #expect(finding.resource?.kind == .recursiveMutex)
    #expect(finding.acquired == nil)
  }

  @Test func aLockInTransitOfAnotherOwnerIsNoHold() {
    for object in [mutex(owner: 4711), mutex(lock: 0, owner: 4712), .gone, .notRead] {
      let process = sampleProcess([
        exitingThread(), daemon(2, "writer") { $0.transit = RecordedTransit(address: 0x20, object: object) },
      ])
      #expect(report(process).rules == [.abandonedThread])
    }
  }

  @Test func aLockInTransitThatIsAlsoRecordedIsOneHold() {
    let process = sampleProcess([
      exitingThread(),
      daemon(2, "writer") {
        $0.holds = [hold(0x20, object: mutex(owner: 4712))]
        $0.transit = RecordedTransit(address: 0x20, object: mutex(owner: 4712))
      },
    ])
    #expect(report(process).rules == [.abandonedLock])
  }
}
