// A checked arena: its header and regions have been held against the file, so that reads stay inside it.

internal import CStragglerArena

/// One region of an arena whose place and size have been checked.
struct ArenaRegion {
  let offset: UInt64
  let entrySize: Int
  let capacity: Int
  let used: Int
  let lost: Int

  /// Where the region ends in the arena.
  var end: UInt64 { offset + UInt64(entrySize) * UInt64(capacity) }
}

/// An arena's header, checked, and copies of its entries.
struct Arena {
  let source: any ArenaSource
  let header: ArenaRecord<StragglerArenaHeader>
  let exit: RecordedExit
  private let regions: [ArenaRegion]

  /// The recorder may still be writing. What was frozen is final; a killed process wrote no last word, so it counts as
  /// live too, which costs a second look at its entries.
  var isLive: Bool { exit.phase < .frozen }

  init(_ source: any ArenaSource) throws(ArenaError) {
    self.source = source
    header = try Self.readHeader(source)
    exit = try Self.readExit(header.exit, of: source)
    regions = try Self.readRegions(header, of: source)
  }

  func region(_ index: StragglerRegionIndex) -> ArenaRegion { regions[Int(index.rawValue)] }

  /// Hands every entry that was ever in use to `body`, with its index, in order.
  ///
  /// Reads about a mebibyte at a time: an arena is mostly holes, and may be gigabytes long.
  func forEach<Layout>(
    _ index: StragglerRegionIndex, as layout: Layout.Type,
    _ body: (Int, ArenaRecord<Layout>) throws(ArenaError) -> Void
  ) throws(ArenaError) {
    let region = region(index)
    let size = region.entrySize
    let batch = max(1, (1 << 20) / max(1, size))
    var first = 0
    while first < region.used {
      let count = min(batch, region.used - first)
      let bytes = try source.bytes(at: region.offset + UInt64(first * size), count: count * size)
      for entry in 0..<count {
        try body(first + entry, ArenaRecord(bytes[entry * size..<(entry + 1) * size]))
      }
      first += count
    }
  }

  /// A copy of one structure, `offset` bytes from the beginning of the arena.
  func record<Layout>(at offset: UInt64, as layout: Layout.Type) throws(ArenaError) -> ArenaRecord<Layout> {
    ArenaRecord(try source.bytes(at: offset, count: MemoryLayout<Layout>.size)[...])
  }

  /// The copy, or a later one, into which certainly nobody wrote while it was made; nil where there is none.
  ///
  /// `sequence` is odd while the entry is being written. In a live arena it must be the same after the copy; a busy
  /// thread's entry that changes during three copies is passed over.
  func settled<Layout>(
    _ copy: ArenaRecord<Layout>, at offset: UInt64, sequence: KeyPath<Layout, UInt32>
  ) throws(ArenaError) -> ArenaRecord<Layout>? {
    guard isLive else { return copy[dynamicMember: sequence] % 2 == 0 ? copy : nil }
    let place = offset + UInt64(ArenaRecord<Layout>.offset(of: sequence))
    var copy = copy
    for _ in 0..<3 {
      let before = copy[dynamicMember: sequence]
      let after = try record(at: place, as: UInt32.self).value
      if before == after && before % 2 == 0 { return copy }
      copy = try record(at: offset, as: Layout.self)
    }
    return nil
  }
}
