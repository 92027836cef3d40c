// Damaged arenas: an error or a smaller process, never a trap, never more memory than the file has.

import CStragglerArena
import TestSupport
import Testing

@testable import StragglerModel

@Suite struct ArenaFuzzTests {
  /// An arena in which every kind of entry is in use.
  private func busyArena(_ phase: StragglerPhase) -> ArenaImage {
    var image = ArenaImage(phase: phase)
    image.setHeaderText(\.arguments, "app\0--fast\0")
    image.setHeader(\.arguments_length, 11)
    image.setHeader(\.argument_count, 2)
    for slot in 0..<2 {
      image.addThread(slot: slot, number: UInt32(slot + 1))
      for index in 0..<10 { image.addHold(UInt64(0x5000 + index), slot: slot, index: index) }
      image.setHold(\.capture, StragglerCapture(pc: 1, sp: 0x7000, length: 128), slot: slot, index: 0)
      image.setHold(\.flags, UInt16(STRAGGLER_HOLD_OBJECT_READ.rawValue), slot: slot, index: 0)
      image.setThread(\.creation, StragglerCapture(pc: 1, sp: 0x7000, length: 3000), slot: slot)
      image.setThread(\.wait.kind, STRAGGLER_RESOURCE_CONDITION.rawValue.asByte, slot: slot)
      image.setThread(\.frozen.outcome, STRAGGLER_FREEZE_STOPPED.rawValue, slot: slot)
      image.setThread(\.frozen.stack_offset, UInt64(image.place(STRAGGLER_REGION_STACKS, slot)), slot: slot)
      image.setThread(\.frozen.stack_length, 64, slot: slot)
    }
    image.set(\StragglerFile.state, STRAGGLER_ENTRY_LIVE.rawValue, in: STRAGGLER_REGION_FILES)
    image.set(\StragglerSection.state, STRAGGLER_ENTRY_LIVE.rawValue, in: STRAGGLER_REGION_SECTIONS)
    image.set(\StragglerName.state, STRAGGLER_ENTRY_LIVE.rawValue, in: STRAGGLER_REGION_NAMES)
    image.set(\StragglerModule.end, 0x1000, in: STRAGGLER_REGION_MODULES)
    return image
  }

  /// Places worth damaging: the header without its texts, and the beginnings and fields of entries.
  private func place(in image: ArenaImage, _ random: inout SplitMix64) -> Int {
    let size = MemoryLayout<StragglerThread>.size
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<4: return Int.random(in: 0..<400, using: &random)
    case 4..<8:
      let entry = image.place(STRAGGLER_REGION_THREADS, Int.random(in: 0..<2, using: &random))
      return entry + (Bool.random(using: &random) ? Int.random(in: 0..<600, using: &random) : size / 2)
    case 8: return Int.random(in: 0..<image.bytes.count - 8, using: &random)
    default:
      let regions = [
        STRAGGLER_REGION_MODULES, STRAGGLER_REGION_FILES, STRAGGLER_REGION_SECTIONS, STRAGGLER_REGION_NAMES,
      ]
      return image.place(regions.randomElement(using: &random)!, 0) + Int.random(in: 0..<100, using: &random)
    }
  }

  /// Reads one damaged arena. What it says must fit into what it has.
  private func check(_ image: ArenaImage) -> Bool {
    guard let process = try? ArenaReader.read(image) else { return false }
    #expect(process.threads.count <= ArenaImage.capacity && process.modules.count <= ArenaImage.capacity)
    for thread in process.threads {
      #expect(thread.holds.count <= Int(STRAGGLER_INLINE_HOLDS) + Int(STRAGGLER_OVERFLOW_HOLDS))
      #expect((thread.stop?.stack?.bytes.count ?? 0) <= Int(STRAGGLER_STACK_COPY_LIMIT))
      #expect((thread.creation?.bytes.count ?? 0) <= Int(STRAGGLER_CREATION_STACK))
    }
    _ = process.losses.total
    return true
  }

  @Test(arguments: [STRAGGLER_PHASE_RUNNING, STRAGGLER_PHASE_FROZEN])
  func `ten thousand damaged arenas are read or refused`(phase: StragglerPhase) {
    let valid = busyArena(phase)
    var random = SplitMix64(state: UInt64(phase.rawValue) + 7)
    let values: [UInt64] = [0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 40, 1 << 63, .max - 7, .max]
    var read = 0
    var image = valid
    for _ in 0..<10_000 {
      var damaged: [Int] = []
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = place(in: valid, &random)
        let value = Bool.random(using: &random) ? values.randomElement(using: &random)! : random.next()
        switch Int.random(in: 0..<3, using: &random) {
        case 0: image.store(UInt8(truncatingIfNeeded: value), at: place)
        case 1: image.store(UInt32(truncatingIfNeeded: value), at: place & ~3)
        default: image.store(value, at: place & ~7)
        }
        damaged.append(place & ~7)
      }
      if check(image) { read += 1 }
      for place in damaged { image.store(Array(valid.bytes[place..<place + 8]), at: place) }
    }
    #expect(image.bytes == valid.bytes)
    // Both ways must have been taken, or nothing was tried.
    #expect(read > 1_000 && read < 9_900)
  }

  @Test func `an arena cut at any place is refused, never half believed`() {
    let whole = busyArena(STRAGGLER_PHASE_FROZEN)
    for length in stride(from: 0, to: whole.bytes.count, by: 997) {
      var cut = whole
      cut.bytes.removeLast(cut.bytes.count - length)
      #expect(throws: ArenaError.self) { try ArenaReader.read(cut) }
    }
  }
}

extension UInt32 {
  fileprivate var asByte: UInt8 { UInt8(self) }
}
