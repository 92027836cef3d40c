// A hold that stands after the record was held against the lock's own bytes.

internal import StragglerModel

struct BelievedHold: Equatable {
  /// The holder's number.
  var thread: Int
  var kind: ResourceKind
  var mode: AccessMode
  var address: UInt64
  var robust: Bool
  /// nil where only the lock's owner field tells of the hold: its thread was in the middle of taking it, or libc took it
  /// for a call of its own.
  var acquisition: CapturedStack?
  /// Taken before the fork that made the process.
  var isInherited = false
  /// libc's own, taken within one of its calls: known by who waits for it.
  var isLibcsOwn = false

  init(recorded: RecordedHold, thread: RecordedThread) {
    self.thread = thread.number
    kind = recorded.kind
    mode = recorded.mode
    address = recorded.address
    robust = recorded.robust
    isInherited = recorded.formerOwner != nil
    acquisition = recorded.acquisition.pc == 0 ? nil : recorded.acquisition
  }

  /// A lock that is known by who waits for it.
  init(word: UInt64, owned: OwnedWord) {
    thread = owned.thread
    kind = owned.kind
    mode = .exclusive
    address = word
    robust = false
    acquisition = nil
    isLibcsOwn = !owned.isNamedByKernel
  }

  /// The lock in transit, if its owner field names the thread: a random stop of a busy thread finds it locked and not
  /// yet recorded, or no longer recorded and not yet unlocked (docs/architecture.md, "An acquisition costs a few
  /// stores").
  init?(transitOf thread: RecordedThread) {
    guard let transit = thread.transit, case .bytes(let bytes) = transit.object,
      !thread.holds.contains(where: { $0.address == transit.address })
    else { return nil }
    let object = LockObject(bytes: bytes)
    guard object.mutexVerdict(id: thread.id) == .held else { return nil }
    self.thread = thread.number
    kind = object.isRecursiveMutex ? .recursiveMutex : .mutex
    mode = .exclusive
    address = transit.address
    robust = object.isRobustMutex
    acquisition = nil
  }
}

extension RecordedHold {
  /// Whether the lock's bytes let the record stand. A mutex given up for a condition wait is held only if its owner
  /// field says so. Memory that is gone can't be left locked.
  func isBelieved(of thread: RecordedThread) -> Bool {
    switch object {
    case .gone: return false
    case .notRead: return !waiting
    case .bytes(let bytes):
      let object = LockObject(bytes: bytes)
      let former = formerOwner.map { object.verdict(kind: kind, mode: mode, id: $0, handle: thread.handle) }
      if former == .held { return true }
      switch object.verdict(kind: kind, mode: mode, id: thread.id, handle: thread.handle) {
      case .held: return true
      case .denied: return false
      case .unsaid: return !waiting
      }
    }
  }
}
