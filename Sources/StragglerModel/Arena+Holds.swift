// The locks that a thread's slot says it has.

internal import CStragglerArena

/// An entry's copy, and where in the arena it was made from.
private struct HoldCopy {
  let record: ArenaRecord<StragglerHold>
  let place: UInt64
}

extension Arena {
  /// A thread's holds, oldest first, and how many of its entries made no sense.
  ///
  /// The first entries are in the slot itself, further ones in the overflow block of the same index.
  func holds(
    of slot: ArenaRecord<StragglerThread>, index: Int, kinds: [UInt64: ResourceKind]
  ) throws(ArenaError) -> ([RecordedHold], lost: Int) {
    let size = MemoryLayout<StragglerHold>.size
    let first = ArenaRecord<StragglerThread>.offset(of: \.holds)
    let inSlot = min(Int(slot.hold_top), Int(STRAGGLER_INLINE_HOLDS))
    let start = region(STRAGGLER_REGION_THREADS).place(of: index) + UInt64(first)
    var entries = (0..<inSlot).map { entry in
      HoldCopy(
        record: slot.record(at: first + entry * size, as: StragglerHold.self), place: start + UInt64(entry * size))
    }
    entries += try overflow(of: slot, index: index)

    // From the last to the first: an entry may move down (hold.c, `move_last_hold_down`). Whoever looks that way does not miss it,
    // and may meet it twice.
    var holds: [RecordedHold] = []
    var lost = 0
    for entry in entries.reversed() {
      guard let record = try whole(entry), record.resource > UInt64(STRAGGLER_HOLD_GAP) else { continue }
      guard var hold = RecordedHold(record) else {
        lost += 1
        continue
      }
      hold.kind = kinds[hold.address] ?? hold.kind
      let isMoving = holds.contains { $0.address == hold.address && $0.acquisition == hold.acquisition }
      if !isMoving { holds.append(hold) }
    }
    return (holds.reversed(), lost)
  }

  /// The entry as one writing left it; nil where its writer was too quick for three looks. The number is raised before a
  /// writing and the resource stored after it: both unchanged since the copy, it is whole.
  private func whole(_ entry: HoldCopy) throws(ArenaError) -> ArenaRecord<StragglerHold>? {
    guard isLive else { return entry.record }
    var copy = try record(at: entry.place, as: StragglerHold.self)
    for _ in 0..<3 {
      let after = try record(at: entry.place, as: StragglerHold.self)
      if after.sequence == copy.sequence && after.resource == copy.resource { return copy }
      copy = after
    }
    return nil
  }

  private func overflow(
    of slot: ArenaRecord<StragglerThread>, index: Int
  ) throws(ArenaError) -> [HoldCopy] {
    let region = region(STRAGGLER_REGION_OVERFLOW)
    let size = MemoryLayout<StragglerHold>.size
    let inSlot = Int(STRAGGLER_INLINE_HOLDS)
    let count = min(Int(slot.hold_top) - inSlot, Int(STRAGGLER_OVERFLOW_HOLDS))
    guard count > 0, index < region.capacity else { return [] }
    let place = region.place(of: index)
    let bytes = try source.bytes(at: place, count: count * size)
    return (0..<count).map { entry in
      HoldCopy(record: ArenaRecord(bytes[entry * size..<(entry + 1) * size]), place: place + UInt64(entry * size))
    }
  }
}

extension RecordedHold.Object {
  /// - Parameter flags: StragglerHoldFlags, of which OBJECT_READ and OBJECT_GONE count.
  init(flags: UInt32, bytes: [UInt8]) {
    if flags.has(STRAGGLER_HOLD_OBJECT_READ) {
      self = .bytes(bytes)
    } else {
      self = flags.has(STRAGGLER_HOLD_OBJECT_GONE) ? .gone : .notRead
    }
  }
}

extension RecordedHold {
  /// nil where the entry's kind or mode is none that a recorder writes.
  fileprivate init?(_ hold: ArenaRecord<StragglerHold>) {
    guard let kind = ResourceKind(rawValue: hold.kind), let mode = AccessMode(rawValue: hold.mode) else { return nil }
    let flags = hold.flags
    self.init(
      kind: kind, mode: mode, address: hold.resource, depth: Int(hold.depth),
      robust: flags.has(STRAGGLER_HOLD_ROBUST), waiting: flags.has(STRAGGLER_HOLD_WAITING),
      contended: flags.has(STRAGGLER_HOLD_CONTENDED),
      object: Object(flags: UInt32(flags), bytes: hold.bytes(of: \.object, count: Int(hold.object_length))),
      word: kind == .streamLock && flags.has(STRAGGLER_HOLD_OBJECT_READ) ? hold.word : nil,
      acquisition: CapturedStack(hold.capture, window: hold.bytes(of: \.window)),
      annotated: flags.has(STRAGGLER_HOLD_ANNOTATED),
      formerOwner: flags.has(STRAGGLER_HOLD_INHERITED) ? Int32(truncatingIfNeeded: hold.word) : nil)
  }
}
