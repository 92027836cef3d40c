// The thread slots of an arena.

internal import CStragglerArena

extension Arena {
  /// Every thread, in the order of their numbers; how many holds and threads were lost.
  /// - Parameter kinds: what the program said of its locks' kinds, by address.
  func threads(
    kinds: [UInt64: ResourceKind]
  ) throws(ArenaError) -> ([RecordedThread], holdsLost: Int, threadsLost: Int) {
    var threads: [Int: RecordedThread] = [:]
    var holdsLost = 0
    var threadsLost = 0
    try forEach(STRAGGLER_REGION_THREADS, as: StragglerThread.self) { index, copy throws(ArenaError) in
      guard let slot = try steady(copy, index: index), let lifecycle = slot.lifecycle else { return }
      // Numbers are given once. A second thread of one number comes from a damaged arena.
      guard threads[Int(slot.number)] == nil else {
        threadsLost += 1
        return
      }
      let (holds, lost) = try self.holds(of: slot, index: index, kinds: kinds)
      holdsLost += Int(slot.hold_lost) + lost
      let stop = try stop(of: slot)
      var thread = RecordedThread(
        slot, lifecycle: lifecycle, holds: holds,
        wait: try wait(of: slot, index: index, stop: stop, kinds: kinds), stop: stop)
      let runs = slot.once_running != 0 && stop?.stack?.lacks(call: slot.once_pc, at: slot.once_sp) != true
      thread.onceRunning = runs ? slot.once_running : nil
      threads[Int(slot.number)] = thread
    }
    return (threads.values.sorted { $0.number < $1.number }, holdsLost, threadsLost)
  }

  /// The copy of a slot, or a later one, that was one thread's from beginning to end; nil where there is none.
  private func steady(
    _ copy: ArenaRecord<StragglerThread>, index: Int
  ) throws(ArenaError) -> ArenaRecord<StragglerThread>? {
    guard isLive else { return copy }
    let place = region(STRAGGLER_REGION_THREADS).place(of: index)
    let number = place + UInt64(ArenaRecord<StragglerThread>.offset(of: \.number))
    var copy = copy
    for _ in 0..<3 where copy.lifecycle != nil {
      let stateAfter = try record(at: place, as: UInt32.self).value
      let numberAfter = try record(at: number, as: UInt32.self).value
      if stateAfter == copy.state && numberAfter == copy.number { return copy }
      copy = try record(at: place, as: StragglerThread.self)
    }
    return nil
  }

  /// How a thread stood at the freeze; nil where none was made.
  private func stop(of slot: ArenaRecord<StragglerThread>) throws(ArenaError) -> RecordedStop? {
    let frozen = slot.frozen
    guard let outcome = RecordedStop.Outcome(rawValue: frozen.outcome) else { return nil }
    var stop = RecordedStop(outcome: outcome, stack: nil, systemCall: nil)
    if outcome != .unfrozen {
      stop.stack = CapturedStack(frozen, stack: try stackBytes(of: frozen), isReturnAddress: outcome == .itself)
    }
    if frozen.has_system_call != 0 {
      stop.systemCall = RecordedStop.SystemCall(
        number: frozen.system_call,
        arguments: withUnsafeBytes(of: frozen.system_call_arguments) { $0.bindMemory(to: UInt64.self).map { $0 } },
        sp: frozen.system_call_sp, pc: frozen.system_call_pc,
        futexValue: slot.call_flags.has(STRAGGLER_CALL_FUTEX_READ) ? slot.call_futex_value : nil,
        fileMode: slot.call_flags.has(STRAGGLER_CALL_FILE_READ) ? slot.call_file_mode : nil)
      stop.systemCall?.addObjects(of: slot)
    }
    return stop
  }

  /// The copied stack of a frozen thread: as much as the recorder ever copies, and nothing from outside its region.
  private func stackBytes(of frozen: StragglerFrozen) throws(ArenaError) -> [UInt8] {
    let region = region(STRAGGLER_REGION_STACKS)
    let length = min(Int(frozen.stack_length), Int(STRAGGLER_STACK_COPY_LIMIT))
    guard length > 0, frozen.stack_offset >= region.offset, frozen.stack_offset < region.end,
      region.end - frozen.stack_offset >= UInt64(length)
    else { return [] }
    return try source.bytes(at: frozen.stack_offset, count: length)
  }

  /// What a thread is blocked on; nil where it is not, or has left the wait without a word.
  private func wait(
    of slot: ArenaRecord<StragglerThread>, index: Int, stop: RecordedStop?, kinds: [UInt64: ResourceKind]
  ) throws(ArenaError) -> RecordedWait? {
    let offset = ArenaRecord<StragglerThread>.offset(of: \.wait)
    let timed = UInt8(STRAGGLER_MODE_TIMED.rawValue)
    let place = region(STRAGGLER_REGION_THREADS).place(of: index) + UInt64(offset)
    guard
      let wait = try settled(slot.record(at: offset, as: StragglerWait.self), at: place, sequence: \.sequence)?.value,
      let kind = ResourceKind(rawValue: wait.kind), let mode = AccessMode(rawValue: wait.mode & ~timed)
    else { return nil }
    let recorded = RecordedWait(
      kind: kind.isHeld ? kinds[wait.resource] ?? kind : kind,
      mode: mode, address: wait.resource,
      mutex: kind == .condition && wait.second != 0 ? wait.second : nil,
      thread: kind == .join && wait.second != 0 ? Int(exactly: wait.second) : nil,
      place: CapturedStack(wait.capture, window: []),
      timed: wait.mode & timed != 0, sequence: wait.sequence)
    return stop?.stack.map(recorded.isLeft(on:)) == true ? nil : recorded
  }
}

extension RecordedStop.SystemCall {
  fileprivate mutating func addObjects(of slot: ArenaRecord<StragglerThread>) {
    let read = slot.call_flags
    if read.has(STRAGGLER_CALL_FILE_READ) { onlyDescriptor = slot.call_descriptor }
    if read.has(STRAGGLER_CALL_FUTEX_READ) { futexWord = slot.call_futex }
    if read.has(STRAGGLER_CALL_OWNER_READ) { futexOwner = slot.call_futex_owner }
    if read.has(STRAGGLER_CALL_LOCKER_READ) { locker = Int32(truncatingIfNeeded: slot.call_futex_owner) }
  }
}

extension ResourceKind {
  /// Can be held; the others are only waited for.
  fileprivate var isHeld: Bool { rawValue < ResourceKind.condition.rawValue }
}

extension ArenaRecord<StragglerThread> {
  /// Where the thread is in its life; nil for a slot that holds none.
  fileprivate var lifecycle: RecordedThread.Lifecycle? {
    guard self.number != 0 else { return nil }
    switch StragglerThreadState(rawValue: self.state) {
    case STRAGGLER_SLOT_STARTING: return .starting
    case STRAGGLER_SLOT_ALIVE: return .alive
    case STRAGGLER_SLOT_ENDED:
      return .ended(joined: self.flags.has(STRAGGLER_THREAD_JOINED) || self.flags.has(STRAGGLER_THREAD_DETACHED))
    default: return nil
    }
  }
}

extension RecordedThread {
  fileprivate init(
    _ slot: ArenaRecord<StragglerThread>, lifecycle: Lifecycle, holds: [RecordedHold], wait: RecordedWait?,
    stop: RecordedStop?
  ) {
    let name = slot.text(of: \.name)
    let flags = slot.flags
    let declared = flags.has(STRAGGLER_THREAD_DECLARED)
    let creation = slot.creation
    self.init(
      number: Int(slot.number),
      id: slot.tid > 0 ? slot.tid : nil,
      handle: slot.handle,
      name: name.isEmpty ? nil : name,
      lifecycle: lifecycle,
      isMain: flags.has(STRAGGLER_THREAD_MAIN),
      declared: declared,
      daemon: declared ? flags.has(STRAGGLER_THREAD_DAEMON) : !flags.has(STRAGGLER_THREAD_MAIN),
      detached: flags.has(STRAGGLER_THREAD_DETACHED),
      adopted: flags.has(STRAGGLER_THREAD_ADOPTED),
      exiting: flags.has(STRAGGLER_THREAD_EXITING),
      mainEnded: flags.has(STRAGGLER_THREAD_MAIN_ENDED),
      vanished: lifecycle == .alive
        && (flags.has(STRAGGLER_THREAD_VANISHED) || (flags.has(STRAGGLER_THREAD_LEAVING) && stop == nil)),
      startRoutine: slot.start_routine == 0 ? nil : slot.start_routine,
      creator: slot.creator == 0 ? nil : Int(slot.creator),
      creation: creation.pc == 0
        ? nil : CapturedStack(creation, window: slot.bytes(of: \.creation_stack, count: Int(creation.length))),
      holds: holds,
      transit: slot.transit == 0
        ? nil
        : RecordedTransit(
          address: slot.transit,
          object: RecordedHold.Object(
            flags: slot.transit_flags,
            bytes: slot.bytes(of: \.transit_object, count: Int(slot.transit_length)))),
      wait: wait,
      operation: RecordedOperation(slot, stop: stop),
      stop: stop,
      stack: slot.stack_low > 0 && slot.stack_low < slot.stack_high ? slot.stack_low..<slot.stack_high : nil,
      ofParent: flags.has(STRAGGLER_THREAD_OF_PARENT),
      ofAncestor: flags.has(STRAGGLER_THREAD_OF_ANCESTOR))
  }
}

extension RecordedWait {
  /// Written down by the thread runtime: for a thread, which has no address then, or for a condition by the name of its lock.
  /// Other calls than the wait's own go on in its frame.
  public var isOfRuntime: Bool { kind == .join ? address == 0 : kind == .condition && address == mutex }

  /// Whether a thread that stands like this has left the wait: cancellation and longjmp leave it without clearing it. Its
  /// caller's frame is then gone from the stack, or has called something else since.
  public func isLeft(on stack: CapturedStack) -> Bool {
    guard !stack.foreign else { return false }
    if stack.sp >= place.sp { return true }
    return !isOfRuntime && stack.lacks(call: place.pc, at: place.sp)
  }
}

extension CapturedStack {
  /// Whether something else stands where a call of the recorder's has its return address: that call is over.
  /// - Parameter sp: the caller's stack pointer after it.
  fileprivate func lacks(call pc: UInt64, at sp: UInt64) -> Bool {
    guard !foreign, sp >= 8, let found = word(at: sp - 8) else { return false }
    return found != pc
  }

  /// The eight bytes at an address of this stack: 0 below the stack pointer, where nothing stands any more; nil where
  /// they were not copied.
  fileprivate func word(at address: UInt64) -> UInt64? {
    guard address >= base else { return 0 }
    guard let start = Int(exactly: address - base), start <= bytes.count - 8 else { return nil }
    return bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension RecordedOperation {
  /// nil where no call on a file was under way. Cancellation and longjmp leave one without clearing it: its return address
  /// is then gone from the stack.
  fileprivate init?(_ slot: ArenaRecord<StragglerThread>, stop: RecordedStop?) {
    guard let kind = Kind(rawValue: slot.operation) else { return nil }
    let own = slot.stack_low..<max(slot.stack_low, slot.stack_high)
    if let stack = stop?.stack, own.contains(stack.base), own.contains(slot.operation_sp),
      let found = stack.word(at: slot.operation_sp), found != slot.operation_pc
    {
      return nil
    }
    let number = kind == .rename ? nil : Int32(exactly: slot.operation_descriptor)
    let descriptor = number.flatMap { $0 >= 0 ? $0 : nil }
    guard kind == .rename || kind == .truncate else {
      self.init(
        kind: kind, descriptor: descriptor, stream: slot.operation_stream == 0 ? nil : slot.operation_stream)
      return
    }
    let path = slot.text(of: \.operation_path), target = slot.text(of: \.operation_target)
    let byPath = descriptor == nil
    self.init(
      kind: kind, descriptor: descriptor, stream: nil, path: byPath && !path.isEmpty ? path : nil,
      target: kind == .rename && !target.isEmpty ? target : nil, pathAddress: byPath ? slot.operation_stream : nil,
      targetAddress: kind == .rename ? UInt64(bitPattern: slot.operation_descriptor) : nil)
  }
}
