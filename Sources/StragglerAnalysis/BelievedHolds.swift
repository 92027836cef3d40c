// Which holds of a process stand: by thread, and by lock.

internal import StragglerModel

struct BelievedHolds {
  /// By the holder's number, in the order of acquisition.
  private let byThread: [Int: [BelievedHold]]
  /// By the lock's address: living holders first, each group in the order of their numbers.
  private let byAddress: [UInt64: [BelievedHold]]

  init(_ process: RecordedProcess, objects: SynchronizationObjects) {
    var living: [BelievedHold] = []
    for thread in process.threads where thread.isLiving {
      living += thread.holds.filter { $0.isBelieved(of: thread) }.map { BelievedHold(recorded: $0, thread: thread) }
      if let transit = BelievedHold(transitOf: thread) { living.append(transit) }
    }
    let known = Set(living.map(\.address))
    living += objects.ownedWords.filter { !known.contains($0.key) }.map { BelievedHold(word: $0, owned: $1) }
      .sorted { $0.address < $1.address }
    let all = living + Self.orphaned(in: process, living: living)
    byThread = Dictionary(grouping: all, by: \.thread)
    byAddress = Dictionary(grouping: all, by: \.address)
  }

  func of(_ thread: Int) -> [BelievedHold] { byThread[thread] ?? [] }

  /// Holders of a lock or of another thing at this address.
  func at(_ address: UInt64) -> [BelievedHold] { byAddress[address] ?? [] }

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
