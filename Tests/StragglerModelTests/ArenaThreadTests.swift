// Thread slots, holds, waits and stops as the reader understands them.

import CStragglerArena
import Testing

@testable import StragglerModel

@Suite struct ArenaThreadTests {
  private func thread(_ image: ArenaImage) throws -> RecordedThread {
    try #require(try ArenaReader.read(image).threads.first)
  }

  @Test func `free and claimed slots are no threads`() throws {
    var image = ArenaImage()
    image.addThread(slot: 0, number: 1, state: STRAGGLER_SLOT_FREE)
    image.addThread(slot: 1, number: 2, state: STRAGGLER_SLOT_CLAIMED)
    image.addThread(slot: 2, number: 0)
    #expect(try ArenaReader.read(image).threads.isEmpty)
  }

  @Test func `slots beyond those in use are not looked at`() throws {
    var image = ArenaImage()
    image.addThread(slot: 3, number: 1)
    var region = image.region(1)
    region.used = 3
    image.setRegion(1, region)
    #expect(try ArenaReader.read(image).threads.isEmpty)
  }

  @Test func `threads come in the order of their numbers, each number once`() throws {
    var image = ArenaImage()
    for (slot, number) in [(0, 7), (1, 2), (2, 9), (3, 2)] { image.addThread(slot: slot, number: UInt32(number)) }
    let process = try ArenaReader.read(image)
    #expect(process.threads.map(\.number) == [2, 7, 9])
    #expect(process.losses.threads == 1)
  }

  @Test func `a lifecycle is read with who joined`() throws {
    var image = ArenaImage()
    image.addThread(slot: 0, number: 1, state: STRAGGLER_SLOT_STARTING)
    image.addThread(slot: 1, number: 2, state: STRAGGLER_SLOT_ENDED)
    image.addThread(slot: 2, number: 3, state: STRAGGLER_SLOT_ENDED, flags: STRAGGLER_THREAD_JOINED.rawValue)
    image.addThread(slot: 3, number: 4, state: STRAGGLER_SLOT_ENDED, flags: STRAGGLER_THREAD_DETACHED.rawValue)
    image.setThread(\.tid, 0, slot: 0)
    let threads = try ArenaReader.read(image).threads
    #expect(threads.map(\.lifecycle) == [.starting, .ended(joined: false), .ended(joined: true), .ended(joined: true)])
    #expect(threads.map(\.id) == [nil, 1002, 1003, 1004])
  }

  @Test func `a daemon is what was declared one, or what exit would not wait for`() throws {
    let declared = STRAGGLER_THREAD_DECLARED.rawValue
    let daemon = STRAGGLER_THREAD_DAEMON.rawValue
    var image = ArenaImage()
    image.addThread(slot: 0, number: 1, flags: STRAGGLER_THREAD_MAIN.rawValue)
    image.addThread(slot: 1, number: 2)
    image.addThread(slot: 2, number: 3, flags: declared)
    image.addThread(slot: 3, number: 4, flags: declared | daemon)
    let threads = try ArenaReader.read(image).threads
    #expect(threads.map(\.daemon) == [false, true, false, true])
    #expect(threads.map(\.declared) == [false, false, true, true])
    #expect(threads.map(\.isMain) == [true, false, false, false])
  }

  @Test func `what a slot does not know is nil`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    let thread = try thread(image)
    #expect(thread.name == nil && thread.startRoutine == nil && thread.creator == nil && thread.creation == nil)
    #expect(thread.transit == nil && thread.wait == nil && thread.operation == nil && thread.stop == nil)
    #expect(thread.stack == nil && thread.holds.isEmpty && !thread.vanished)
  }

  @Test func `what a slot knows is read`() throws {
    var image = ArenaImage()
    image.addThread(
      number: 5, flags: STRAGGLER_THREAD_VANISHED.rawValue | STRAGGLER_THREAD_EXITING.rawValue)
    image.setText(\StragglerThread.name, "writer", in: STRAGGLER_REGION_THREADS)
    image.setThread(\.handle, 0xABC)
    image.setThread(\.start_routine, 0x4000)
    image.setThread(\.creator, 1)
    image.setThread(\.transit, 0x9000)
    image.setThread(\.stack_low, 0x1000)
    image.setThread(\.stack_high, 0x8000)
    image.setThread(\.operation, STRAGGLER_OPERATION_STREAM_WRITE.rawValue)
    image.setThread(\.operation_descriptor, -1)
    image.setThread(\.operation_stream, 0x77)
    image.setThread(\.creation, StragglerCapture(pc: 0x4010, sp: 0x7000, fp: 0x7100, length: 3))
    let stack = try #require(MemoryLayout<StragglerThread>.offset(of: \.creation_stack))
    image.store([1, 2, 3, 4], at: image.place(STRAGGLER_REGION_THREADS, 0) + stack)
    let thread = try thread(image)
    #expect(thread.name == "writer" && thread.handle == 0xABC && thread.startRoutine == 0x4000)
    #expect(thread.creator == 1 && thread.transit?.address == 0x9000 && thread.stack == 0x1000..<0x8000)
    #expect(thread.operation == RecordedOperation(kind: .streamWrite, descriptor: nil, stream: 0x77))
    #expect(thread.vanished && thread.exiting)
    let creation = try #require(thread.creation)
    #expect(creation.pc == 0x4010 && creation.sp == 0x7000 && creation.fp == 0x7100 && creation.isReturnAddress)
    #expect(creation.bytes == [1, 2, 3] && creation.base == 0x7000)
    #expect(creation.registers.count == 17 && creation.registers.compactMap { $0 }.count == 3)
  }

  @Test func `the lock in transit comes with its bytes`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.setThread(\.transit, 0x9000)
    image.setThread(\.transit_flags, UInt32(STRAGGLER_HOLD_OBJECT_READ.rawValue))
    image.setThread(\.transit_length, 2)
    let object = ArenaRecord<StragglerThread>.offset(of: \.transit_object)
    image.store([5, 6, 7], at: image.place(STRAGGLER_REGION_THREADS, 0) + object)
    #expect(try thread(image).transit == RecordedTransit(address: 0x9000, object: .bytes([5, 6])))
    image.setThread(\.transit_length, .max)
    #expect(try thread(image).transit?.object == .bytes([5, 6, 7] + [UInt8](repeating: 0, count: 61)))
    image.setThread(\.transit_flags, UInt32(STRAGGLER_HOLD_OBJECT_GONE.rawValue))
    #expect(try thread(image).transit?.object == .gone)
  }

  // MARK: - Holds

  @Test func `a hold is read with its place and its lock's bytes`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0, kind: .recursiveMutex)
    image.setHold(\.depth, 3, index: 0)
    image.setHold(\.flags, UInt16(STRAGGLER_HOLD_OBJECT_READ.rawValue | STRAGGLER_HOLD_CONTENDED.rawValue), index: 0)
    image.setHold(\.object_length, 2, index: 0)
    image.setHold(\.capture, StragglerCapture(pc: 0x401, sp: 0x7000, length: 4), index: 0)
    image.store([7, 8, 9], at: image.holdPlace(index: 0) + 64)
    image.store([1, 2, 3, 4, 5], at: image.holdPlace(index: 0) + 128)
    let hold = try #require(try thread(image).holds.first)
    #expect(hold.kind == .recursiveMutex && hold.address == 0x5000 && hold.depth == 3 && hold.mode == .exclusive)
    #expect(hold.object == .bytes([7, 8]) && hold.contended && !hold.robust && !hold.waiting)
    #expect(hold.acquisition.bytes == [1, 2, 3, 4] && hold.acquisition.pc == 0x401)
  }

  @Test func `a lock that the program told of is told from libc's`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    image.addHold(0x6000, index: 1)
    image.setHold(\.flags, UInt16(STRAGGLER_HOLD_ANNOTATED.rawValue), index: 1)
    #expect(try thread(image).holds.map(\.annotated) == [false, true])
  }

  @Test func `a lock that could not be read is gone, one that nobody read is not read`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    image.setHold(\.flags, UInt16(STRAGGLER_HOLD_OBJECT_GONE.rawValue), index: 0)
    image.addHold(0x6000, index: 1)
    #expect(try thread(image).holds.map(\.object) == [.gone, .notRead])
  }

  @Test func `entries above the top and empty ones are no holds`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    for index in 0..<4 { image.addHold(UInt64(0x5000 + index), index: index) }
    image.setHold(\.resource, 0, index: 0)
    image.setThread(\.hold_top, 3)
    let process = try ArenaReader.read(image)
    #expect(process.threads[0].holds.map(\.address) == [0x5001, 0x5002])
    #expect(process.losses.holds == 0)
  }

  @Test func `holds beyond the slot's room are in the overflow block of the same slot`() throws {
    var image = ArenaImage()
    image.addThread(slot: 2, number: 1)
    let all = Int(STRAGGLER_INLINE_HOLDS) + Int(STRAGGLER_OVERFLOW_HOLDS)
    for index in 0..<all { image.addHold(UInt64(0x5000 + index), slot: 2, index: index) }
    image.setThread(\.hold_top, .max, slot: 2)
    #expect(try thread(image).holds.map(\.address) == (0..<all).map { UInt64(0x5000 + $0) })
  }

  @Test func `a hold of a kind that there is not counts as lost`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    image.setHold(\.kind, 200, index: 0)
    let process = try ArenaReader.read(image)
    #expect(process.threads[0].holds.isEmpty && process.losses.holds == 1)
  }

  @Test func `a window longer than its room is cut, and does not claim to reach the thread's start`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    let reaches = STRAGGLER_CAPTURE_REACHES_BASE
    image.setHold(\.capture, StragglerCapture(pc: 1, sp: 0x7000, length: .max, flags: reaches), index: 0)
    image.addHold(0x6000, index: 1)
    image.setHold(\.capture, StragglerCapture(pc: 1, sp: 0x7000, length: 384, flags: reaches), index: 1)
    let holds = try thread(image).holds
    #expect(holds.map(\.acquisition.bytes.count) == [384, 384])
    #expect(holds.map(\.acquisition.reachesBase) == [false, true])
  }

  @Test func `a capture on a foreign stack has no bytes`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    image.setHold(
      \.capture, StragglerCapture(pc: 1, sp: 0x7000, length: 64, flags: STRAGGLER_CAPTURE_FOREIGN_STACK), index: 0)
    let acquisition = try #require(try thread(image).holds.first?.acquisition)
    #expect(acquisition.foreign && acquisition.bytes.isEmpty && acquisition.pc == 1)
  }

  @Test func `stack bytes that would go round the end of the address space are dropped`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    image.setHold(\.capture, StragglerCapture(pc: 1, sp: .max - 3, length: 64), index: 0)
    #expect(try thread(image).holds.first?.acquisition.bytes == [])
  }

  @Test func `the kind that the program gave its lock wins over libc's`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    image.addHold(0x6000, index: 1)
    image.set(\StragglerName.state, STRAGGLER_ENTRY_LIVE.rawValue, in: STRAGGLER_REGION_NAMES)
    image.set(\StragglerName.resource, 0x5000, in: STRAGGLER_REGION_NAMES)
    image.set(\StragglerName.kind, STRAGGLER_RESOURCE_READ_WRITE_LOCK.rawValue, in: STRAGGLER_REGION_NAMES)
    image.setText(\StragglerName.name, "journal", in: STRAGGLER_REGION_NAMES)
    let process = try ArenaReader.read(image)
    #expect(process.threads[0].holds.map(\.kind) == [.readWriteLock, .mutex])
    #expect(process.lockNames == [0x5000: "journal"])
  }
}
