// How threads stood at the freeze, and what they waited for.

import CStragglerArena
import Testing

@testable import StragglerModel

@Suite struct ArenaStopTests {
  /// A thread frozen with its stack pointer at 0x7000 and 16 bytes of stack, 0, 1, 2...
  private func frozen(_ outcome: StragglerFreezeOutcome = STRAGGLER_FREEZE_STOPPED) -> ArenaImage {
    var image = ArenaImage()
    image.addThread(number: 1)
    let registers =
      image.place(STRAGGLER_REGION_THREADS, 0) + ArenaRecord<StragglerThread>.offset(of: \.frozen.registers)
    for index in 0..<17 { image.store(UInt64(0x100 + index), at: registers + index * 8) }
    image.store(UInt64(0x7000), at: registers + 7 * 8)
    image.setThread(\.frozen.outcome, outcome.rawValue)
    let stack = image.place(STRAGGLER_REGION_STACKS, 1)
    image.store((0..<32).map { UInt8($0) }, at: stack)
    image.setThread(\.frozen.stack_address, 0x7000)
    image.setThread(\.frozen.stack_offset, UInt64(stack))
    image.setThread(\.frozen.stack_length, 16)
    return image
  }

  private func stop(_ image: ArenaImage) throws -> RecordedStop? { try ArenaReader.read(image).threads[0].stop }

  /// What stands at 0x7008 of that stack.
  private static let onStack: UInt64 = 0x0F0E_0D0C_0B0A_0908

  private func wait(
    _ image: ArenaImage, kind: ResourceKind = .mutex, resource: UInt64 = 0x5000, second: UInt64 = 0,
    sp: UInt64 = 0x7010, pc: UInt64 = Self.onStack
  ) throws -> RecordedWait? {
    var image = image
    image.setThread(\.wait.kind, kind.rawValue)
    image.setThread(\.wait.resource, resource)
    image.setThread(\.wait.second, second)
    image.setThread(\.wait.capture, StragglerCapture(pc: pc, sp: sp))
    return try ArenaReader.read(image).threads[0].wait
  }

  @Test func `a stopped thread has all its registers, and its stack's bytes`() throws {
    let stop = try #require(try stop(frozen()))
    #expect(stop.outcome == .stopped && stop.systemCall == nil)
    let stack = try #require(stop.stack)
    #expect(stack.registers.count == 17 && !stack.registers.contains(nil))
    #expect(stack.pc == 0x110 && stack.sp == 0x7000 && stack.fp == 0x106 && stack.base == 0x7000)
    #expect(stack.bytes == (0..<16).map { UInt8($0) } && !stack.isReturnAddress && !stack.reachesBase)
  }

  @Test func `the exiting thread's own program counter is a return address`() throws {
    let stop = try #require(try stop(frozen(STRAGGLER_FREEZE_SELF)))
    #expect(stop.outcome == .itself)
    #expect(stop.stack?.isReturnAddress == true)
  }

  @Test func `a thread that could not be stopped has a system call and no stack`() throws {
    var image = frozen(STRAGGLER_FREEZE_UNFROZEN)
    image.setThread(\.frozen.has_system_call, 1)
    image.setThread(\.frozen.system_call, 202)
    image.setThread(\.frozen.system_call_arguments, (1, 2, 3, 4, 5, 6))
    image.setThread(\.frozen.system_call_sp, 8)
    image.setThread(\.frozen.system_call_pc, 9)
    let stop = try #require(try stop(image))
    #expect(stop.outcome == .unfrozen && stop.stack == nil)
    #expect(stop.systemCall == .init(number: 202, arguments: [1, 2, 3, 4, 5, 6], sp: 8, pc: 9))
  }

  @Test(arguments: [
    (UInt64(0x7008), UInt64(0x0F0E_0D0C_0B0A_0908), true), (0x7008, 0x4444, false), (0x6FF8, 0, false),
    (0x7009, 0x4444, true), (0x9000, 0x4444, true),
  ])
  func `a file call is under way as long as its return address is on the stack, or the stack can't say`(
    place: UInt64, returnAddress: UInt64, isUnderWay: Bool
  ) throws {
    var image = frozen()
    image.setThread(\.stack_low, 0x1000)
    image.setThread(\.stack_high, 0x8000)
    image.setThread(\.operation, STRAGGLER_OPERATION_TRUNCATE.rawValue)
    image.setThread(\.operation_descriptor, 5)
    image.setThread(\.operation_sp, place)
    image.setThread(\.operation_pc, returnAddress == 0 ? 0x4444 : returnAddress)
    let expected = isUnderWay ? RecordedOperation(kind: .truncate, descriptor: 5, stream: nil) : nil
    #expect(try ArenaReader.read(image).threads[0].operation == expected)
  }

  @Test func `without a freeze there is no stop`() throws {
    #expect(try stop(frozen(STRAGGLER_FREEZE_NONE)) == nil)
  }

  @Test(arguments: [UInt64(0), 8, .max, .max - 15])
  func `stack bytes from outside the stack region are not believed`(offset: UInt64) throws {
    var image = frozen()
    image.setThread(\.frozen.stack_offset, offset)
    image.setThread(\.frozen.stack_flags, STRAGGLER_CAPTURE_REACHES_BASE.rawValue)
    let stack = try #require(try stop(image)?.stack)
    #expect(stack.bytes.isEmpty && !stack.reachesBase && stack.pc == 0x110)
  }

  @Test func `a stack copy is never longer than the recorder's limit`() throws {
    var image = frozen()
    image.setThread(\.frozen.stack_offset, UInt64(image.place(STRAGGLER_REGION_STACKS, 0)))
    image.setThread(\.frozen.stack_length, .max)
    #expect(try stop(image)?.stack?.bytes.count == 64 * 1024)
  }

  // MARK: - Waits

  @Test func `a wait is believed while its caller's frame is on the stack`() throws {
    let wait = try #require(try wait(frozen()))
    #expect(wait.kind == .mutex && wait.address == 0x5000 && wait.place.pc == Self.onStack)
    #expect(wait.mutex == nil && wait.thread == nil)
  }

  @Test(arguments: [STRAGGLER_FREEZE_STOPPED, STRAGGLER_FREEZE_SELF])
  func `a wait that was left by cancellation or longjmp is none`(outcome: StragglerFreezeOutcome) throws {
    #expect(try wait(frozen(outcome), sp: 0x6FF0) == nil)
    #expect(try wait(frozen(outcome), sp: 0x7000) == nil)
  }

  @Test func `a wait whose frame has called something else since is none`() throws {
    #expect(try wait(frozen(), pc: 0x401) == nil)
    // What was not copied can't say so, and in the frame of the runtime's join other calls go on.
    #expect(try wait(frozen(), sp: 0x7100, pc: 0x401) != nil)
    #expect(try wait(frozen(), kind: .join, resource: 0, pc: 0x401) != nil)
  }

  @Test func `a once-routine is run as long as its call is on the stack`() throws {
    var image = frozen()
    image.setThread(\.once_running, 0x6000)
    image.setThread(\.once_sp, 0x7010)
    image.setThread(\.once_pc, Self.onStack)
    #expect(try ArenaReader.read(image).threads[0].onceRunning == 0x6000)
    image.setThread(\.once_pc, 0x401)
    #expect(try ArenaReader.read(image).threads[0].onceRunning == nil)
  }

  @Test func `without registers a wait is taken at its word`() throws {
    #expect(try wait(frozen(STRAGGLER_FREEZE_NONE), sp: 0x6FF0) != nil)
    #expect(try wait(frozen(STRAGGLER_FREEZE_UNFROZEN), sp: 0x6FF0) != nil)
  }

  @Test func `the second word of a wait is a mutex or a thread`() throws {
    let condition = try #require(try wait(frozen(), kind: .condition, second: 0x6000))
    #expect(condition.mutex == 0x6000 && condition.thread == nil)
    let join = try #require(try wait(frozen(), kind: .join, second: 3))
    #expect(join.thread == 3 && join.mutex == nil)
    #expect(try wait(frozen(), kind: .join, second: 0)?.thread == nil)
    #expect(try wait(frozen(), kind: .join, second: .max)?.thread == nil)
  }

  @Test(arguments: [(STRAGGLER_MODE_EXCLUSIVE, AccessMode.exclusive), (STRAGGLER_MODE_SHARED, .shared)])
  func `a wait with an end of its own is told from one without`(bits: StragglerMode, mode: AccessMode) throws {
    var image = frozen()
    image.setThread(\.wait.mode, UInt8(bits.rawValue))
    #expect(try wait(image)?.timed == false)
    image.setThread(\.wait.mode, UInt8(bits.rawValue | STRAGGLER_MODE_TIMED.rawValue))
    let timed = try #require(try wait(image))
    #expect(timed.timed && timed.mode == mode)
  }

  @Test func `a wait that is being written is none`() throws {
    var image = frozen()
    image.setThread(\.wait.sequence, 1)
    #expect(try wait(image) == nil)
  }
}
