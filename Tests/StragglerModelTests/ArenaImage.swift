// An arena made in memory, field by field, as a recorder would have left it.

import CStragglerArena

@testable import StragglerModel

/// A small valid arena: all regions there, nothing in them. Its fields are set by their names in StragglerArena.h.
struct ArenaImage: ArenaSource {
  let name = "test.arena"
  var bytes: [UInt8]

  static let capacity = 4
  static let stackRegionSize = 80 * 1024

  private static let entrySizes = [
    MemoryLayout<StragglerModule>.size, MemoryLayout<StragglerThread>.size,
    MemoryLayout<StragglerHold>.size * Int(STRAGGLER_OVERFLOW_HOLDS), MemoryLayout<StragglerFile>.size,
    MemoryLayout<StragglerSection>.size, MemoryLayout<StragglerName>.size, stackRegionSize / capacity,
  ]

  /// - Parameter phase: what is not frozen counts as live.
  init(phase: StragglerPhase = STRAGGLER_PHASE_FROZEN) {
    let headerSize = 3 * Int(STRAGGLER_PAGE)
    let size = headerSize + Self.entrySizes.reduce(0, +) * Self.capacity
    bytes = [UInt8](repeating: 0, count: size)
    setHeader(\.magic, ArenaLayout.magic)
    setHeader(\.version, ArenaLayout.version)
    setHeader(\.header_size, UInt32(headerSize))
    setHeader(\.size, UInt64(size))
    var offset = headerSize
    for (index, entrySize) in Self.entrySizes.enumerated() {
      setRegion(
        index,
        StragglerRegion(
          offset: UInt64(offset), entry_size: UInt32(entrySize), capacity: UInt32(Self.capacity),
          used: UInt32(Self.capacity), lost: 0))
      offset += entrySize * Self.capacity
    }
    setHeader(\.exit.phase, phase.rawValue)
  }

  func size() throws(ArenaError) -> UInt64 { UInt64(bytes.count) }

  func bytes(at offset: UInt64, count: Int) throws(ArenaError) -> [UInt8] {
    guard offset <= bytes.count, count <= bytes.count - Int(offset) else {
      throw ArenaError(
        arena: name, reason: .truncated(expected: offset &+ UInt64(count), found: UInt64(bytes.count)))
    }
    return Array(bytes[Int(offset)..<Int(offset) + count])
  }

  // MARK: - Writing

  mutating func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Value.self) }
  }

  mutating func store(_ values: [UInt8], at offset: Int) {
    bytes.replaceSubrange(offset..<offset + values.count, with: values)
  }

  mutating func setHeader<Value: BitwiseCopyable>(_ field: KeyPath<StragglerArenaHeader, Value>, _ value: Value) {
    store(value, at: ArenaRecord<StragglerArenaHeader>.offset(of: field))
  }

  mutating func setHeaderText(_ field: PartialKeyPath<StragglerArenaHeader>, _ text: String) {
    store(Array(text.utf8), at: ArenaRecord<StragglerArenaHeader>.offset(of: field))
  }

  mutating func setRegion(_ index: Int, _ region: StragglerRegion) {
    let place = ArenaRecord<StragglerArenaHeader>.offset(of: \.regions)
    store(region, at: place + index * MemoryLayout<StragglerRegion>.size)
  }

  func region(_ index: Int) -> StragglerRegion {
    let place = ArenaRecord<StragglerArenaHeader>.offset(of: \.regions) + index * MemoryLayout<StragglerRegion>.size
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: StragglerRegion.self) }
  }

  /// Where an entry begins.
  func place(_ index: StragglerRegionIndex, _ entry: Int) -> Int {
    let region = region(Int(index.rawValue))
    return Int(region.offset) + entry * Int(region.entry_size)
  }

  mutating func set<Layout, Value: BitwiseCopyable>(
    _ field: KeyPath<Layout, Value>, _ value: Value, in region: StragglerRegionIndex, entry: Int = 0
  ) {
    store(value, at: place(region, entry) + ArenaRecord<Layout>.offset(of: field))
  }

  mutating func setText<Layout>(
    _ field: PartialKeyPath<Layout>, _ text: String, in region: StragglerRegionIndex, entry: Int = 0
  ) {
    store(Array(text.utf8), at: place(region, entry) + ArenaRecord<Layout>.offset(of: field))
  }

  mutating func setThread<Value: BitwiseCopyable>(
    _ field: KeyPath<StragglerThread, Value>, _ value: Value, slot: Int = 0
  ) {
    set(field, value, in: STRAGGLER_REGION_THREADS, entry: slot)
  }

  /// A thread alive in its slot.
  mutating func addThread(
    slot: Int = 0, number: UInt32, state: StragglerThreadState = STRAGGLER_SLOT_ALIVE, flags: UInt32 = 0
  ) {
    setThread(\.number, number, slot: slot)
    setThread(\.state, state.rawValue, slot: slot)
    setThread(\.flags, flags, slot: slot)
    setThread(\.tid, Int32(1000 + number), slot: slot)
  }

  /// Where a hold of a thread slot is: in the slot, or in its overflow block.
  func holdPlace(slot: Int = 0, index: Int) -> Int {
    let inSlot = Int(STRAGGLER_INLINE_HOLDS)
    let size = MemoryLayout<StragglerHold>.size
    return index < inSlot
      ? place(STRAGGLER_REGION_THREADS, slot) + ArenaRecord<StragglerThread>.offset(of: \.holds) + index * size
      : place(STRAGGLER_REGION_OVERFLOW, slot) + (index - inSlot) * size
  }

  mutating func setHold<Value: BitwiseCopyable>(
    _ field: KeyPath<StragglerHold, Value>, _ value: Value, slot: Int = 0, index: Int
  ) {
    store(value, at: holdPlace(slot: slot, index: index) + ArenaRecord<StragglerHold>.offset(of: field))
  }

  /// A mutex held, and the slot's count of holds raised to reach it.
  mutating func addHold(_ address: UInt64, slot: Int = 0, index: Int, kind: ResourceKind = .mutex) {
    setHold(\.resource, address, slot: slot, index: index)
    setHold(\.kind, kind.rawValue, slot: slot, index: index)
    setHold(\.depth, 1, slot: slot, index: index)
    setThread(\.hold_top, UInt32(index + 1), slot: slot)
  }
}

extension StragglerCapture {
  init(pc: UInt64, sp: UInt64, fp: UInt64 = 0, length: UInt32 = 0, flags: StragglerCaptureFlags? = nil) {
    self.init()
    self.pc = pc
    self.sp = sp
    self.fp = fp
    self.length = length
    self.flags = flags?.rawValue ?? 0
  }
}
