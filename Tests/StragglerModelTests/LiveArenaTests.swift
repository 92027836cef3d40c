// Reading while the recorder writes: an entry is whole, or it is not there.

import CStragglerArena
import Testing

@testable import StragglerModel

/// An arena whose recorder rewrites one hold whenever the reader has looked at it, as long as there are rewrites left.
private final class RestlessArena: ArenaSource {
  let name = "restless.arena"
  private var image: ArenaImage
  private var rewrites: Int
  private let place: Int

  init(_ image: ArenaImage, place: Int, rewrites: Int) {
    self.image = image
    self.place = place
    self.rewrites = rewrites
  }

  func size() throws(ArenaError) -> UInt64 { try image.size() }

  func bytes(at offset: UInt64, count: Int) throws(ArenaError) -> [UInt8] {
    let copy = try image.bytes(at: offset, count: count)
    // Whoever copied the whole entry has an old one: its address and its sequence change together.
    if offset <= place && offset + UInt64(count) >= place + MemoryLayout<StragglerHold>.size && rewrites > 0 {
      rewrites -= 1
      image.store(UInt32(2 * (1000 - rewrites)), at: place)
      image.store(UInt64(0x6000), at: place + ArenaRecord<StragglerHold>.offset(of: \.resource))
    }
    return copy
  }
}

@Suite struct LiveArenaTests {
  private func image(_ phase: StragglerPhase) -> ArenaImage {
    var image = ArenaImage(phase: phase)
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    return image
  }

  private func holds(_ phase: StragglerPhase, rewrites: Int) throws -> [UInt64] {
    let image = image(phase)
    let source = RestlessArena(image, place: image.holdPlace(index: 0), rewrites: rewrites)
    return try ArenaReader.read(source).threads[0].holds.map(\.address)
  }

  @Test func `an entry that nobody touches is read at the first look`() throws {
    #expect(try holds(STRAGGLER_PHASE_RUNNING, rewrites: 0) == [0x5000])
  }

  @Test func `an entry that changed during its copy is read again`() throws {
    #expect(try holds(STRAGGLER_PHASE_RUNNING, rewrites: 1) == [0x6000])
    #expect(try holds(STRAGGLER_PHASE_EXITING, rewrites: 2) == [0x6000])
  }

  @Test func `an entry that never rests is passed over`() throws {
    #expect(try holds(STRAGGLER_PHASE_RUNNING, rewrites: 1000) == [])
  }

  @Test(arguments: 0..<8) func `a hold that moves down is read once, whenever it does`(looks: Int) throws {
    var image = ArenaImage(phase: STRAGGLER_PHASE_RUNNING)
    image.addThread(number: 1)
    image.addHold(0x5000, index: 2)
    let source = MovingArena(image, after: looks)
    #expect(try ArenaReader.read(source).threads[0].holds.map(\.address) == [0x5000])
  }

  @Test func `a hold that was cut off while it moved is read once`() throws {
    var image = ArenaImage()
    image.addThread(number: 1)
    image.addHold(0x5000, index: 0)
    image.addHold(0x6000, index: 1)
    image.addHold(0x5000, index: 3)
    #expect(try ArenaReader.read(image).threads[0].holds.map(\.address) == [0x6000, 0x5000])
  }

  @Test func `a frozen arena is final and looked at once`() throws {
    #expect(try holds(STRAGGLER_PHASE_FROZEN, rewrites: 1) == [0x5000])
  }

  @Test func `a slot that another thread took during the copy is that thread's`() throws {
    let image = image(STRAGGLER_PHASE_RUNNING)
    let source = Reused(image, after: 1)
    #expect(try ArenaReader.read(source).threads.map(\.number) == [2])
  }

  @Test func `a slot that changes hands at every look is passed over`() throws {
    let source = Reused(image(STRAGGLER_PHASE_RUNNING), after: .max)
    #expect(try ArenaReader.read(source).threads.isEmpty)
  }
}

/// An arena whose recorder moves a hold from the third entry to the first: the new entry first, then the old one is emptied. Each look at
/// a single entry lets it go one step.
private final class MovingArena: ArenaSource {
  let name = "moving.arena"
  private var image: ArenaImage
  private var steps: Int

  init(_ image: ArenaImage, after looks: Int) {
    self.image = image
    steps = -looks
  }

  func size() throws(ArenaError) -> UInt64 { try image.size() }

  func bytes(at offset: UInt64, count: Int) throws(ArenaError) -> [UInt8] {
    let copy = try image.bytes(at: offset, count: count)
    if count == MemoryLayout<StragglerHold>.size {
      steps += 1
      if steps == 1 { image.addHold(0x5000, index: 0) }
      if steps == 2 { image.setHold(\.resource, UInt64(0), index: 2) }
    }
    return copy
  }
}

/// An arena whose first slot goes to the next thread when the reader has copied it: `after` times.
private final class Reused: ArenaSource {
  let name = "reused.arena"
  private var image: ArenaImage
  private var changes: Int
  private var number: UInt32 = 1

  init(_ image: ArenaImage, after changes: Int) {
    self.image = image
    self.changes = changes
  }

  func size() throws(ArenaError) -> UInt64 { try image.size() }

  func bytes(at offset: UInt64, count: Int) throws(ArenaError) -> [UInt8] {
    let copy = try image.bytes(at: offset, count: count)
    let place = image.place(STRAGGLER_REGION_THREADS, 0)
    if offset == place && count >= MemoryLayout<StragglerThread>.size && changes > 0 {
      changes -= 1
      number += 1
      image.addThread(number: number)
    }
    return copy
  }
}
