// Which holds of a process stand: by thread, and by lock.

internal import StragglerModel

struct BelievedHolds {
  /// By the holder's number, in the order of acquisition.
  private let byThread: [Int: [BelievedHold]]
  /// By the lock's address: living holders first, each group in the order of their numbers.
  private let byAddress: [UInt64: [BelievedHold]]
  /// Claims to a lock that names no holder, more of them than there can be holders: which are right is not known, and none stands.
  let contested: [[BelievedHold]]

  /// - Parameter isRunning: Its threads went on while the record was read: claims to one lock may be of different moments.
  init(_ process: RecordedProcess, objects: SynchronizationObjects, isRunning: Bool) {
    var living: [BelievedHold] = []
    for thread in process.threads where thread.isLiving {
      living += thread.holds.filter { $0.isBelieved(of: thread) }.map { BelievedHold(recorded: $0, thread: thread) }
      if let transit = BelievedHold(transitOf: thread) { living.append(transit) }
    }
    contested = isRunning ? [] : Self.contested(living, in: process)
    let doubted = Set(contested.joined().map(\.address))
    living.removeAll { $0.namesNoHolder && doubted.contains($0.address) }
    let known = Set(living.map(\.address))
    living += objects.ownedWords.filter { !known.contains($0.key) }.map { BelievedHold(word: $0, owned: $1) }
      .sorted { $0.address < $1.address }
    let all = living + Self.orphaned(in: process, living: living).filter { !doubted.contains($0.address) }
    byThread = Dictionary(grouping: all, by: \.thread)
    byAddress = Dictionary(grouping: all, by: \.address)
  }

  func of(_ thread: Int) -> [BelievedHold] { byThread[thread] ?? [] }

  /// Holders of a lock or of another thing at this address.
  func at(_ address: UInt64) -> [BelievedHold] { byAddress[address] ?? [] }

  /// A spin lock has one holder, a read-write lock as many readers as it counts. A lock that its taker did not give back itself stays in
  /// that one's record.
  private static func contested(_ living: [BelievedHold], in process: RecordedProcess) -> [[BelievedHold]] {
    let groups = Dictionary(grouping: living.filter(\.namesNoHolder), by: \.address).values.filter { claims in
      guard claims[0].kind == .readWriteLock else { return claims.count > 1 }
      let objects = process.threads.lazy.flatMap(\.holds).filter { $0.address == claims[0].address }.map(\.object)
      guard case .bytes(let bytes)? = objects.first, let readers = LockObject(bytes: bytes).readerCount else {
        return false
      }
      return claims.count > Int(readers)
    }
    return groups.sorted { $0[0].address < $1[0].address }
  }

  /// What threads left locked when they ended. A lock without an owner field that a living thread has taken since is
  /// that thread's; of two that ended with the same lock, only the younger can have left it so.
  private static func orphaned(in process: RecordedProcess, living: [BelievedHold]) -> [BelievedHold] {
    let livingByAddress = Dictionary(grouping: living, by: \.address)
    var orphans: [BelievedHold] = []
    var exclusivelyLeft: Set<UInt64> = []
    for thread in process.threads.reversed() where !thread.isLiving {
      for hold in thread.holds where hold.isBelieved(of: thread) {
        let others = livingByAddress[hold.address] ?? []
        guard hold.leavesRoom(for: others) else { continue }
        if hold.mode == .exclusive, !exclusivelyLeft.insert(hold.address).inserted { continue }
        orphans.append(BelievedHold(recorded: hold, thread: thread))
      }
    }
    return orphans.sorted { $0.thread < $1.thread }
  }
}

extension BelievedHold {
  /// The lock does not say who has it, or has it so.
  fileprivate var namesNoHolder: Bool {
    (kind == .spinLock && mode == .exclusive) || (kind == .readWriteLock && mode == .shared)
  }
}

extension RecordedThread {
  /// It runs, or would run if it were not stopped.
  var isLiving: Bool {
    if case .ended = lifecycle { return false }
    return !vanished && !mainEnded
  }
}

extension RecordedHold {
  /// Whether an ended thread can still have this lock although living threads have it.
  fileprivate func leavesRoom(for living: [BelievedHold]) -> Bool {
    guard mode == .shared else { return living.isEmpty }
    guard !living.contains(where: { $0.mode == .exclusive }) else { return false }
    guard case .bytes(let bytes) = object, let readers = LockObject(bytes: bytes).readerCount else { return true }
    return Int(readers) > living.count
  }
}
