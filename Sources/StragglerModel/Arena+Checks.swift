// What an arena's header must say before anything else in the file is believed.

internal import CStragglerArena

/// STRAGGLER_ARENA_MAGIC and STRAGGLER_ARENA_VERSION. Swift's importer passes over macros that use UINT64_C: a test
/// holds these against the header.
enum ArenaLayout {
  static let magic: UInt64 = 0x454C_4747_4152_5453
  static let version: UInt32 = 5
}

extension Arena {
  /// Copies the header, and checks that this is an arena, of a known layout, and whole.
  static func readHeader(_ source: any ArenaSource) throws(ArenaError) -> ArenaRecord<StragglerArenaHeader> {
    let size = try source.size()
    let needed = MemoryLayout<StragglerArenaHeader>.size
    // The magic number comes first: a short file of another kind is foreign, not truncated.
    let beginning = try source.bytes(at: 0, count: min(needed, Int(clamping: size)))
    guard beginning.starts(with: withUnsafeBytes(of: ArenaLayout.magic.littleEndian, Array.init)) else {
      throw ArenaError(arena: source.name, reason: .foreign)
    }
    guard beginning.count == needed else {
      throw ArenaError(arena: source.name, reason: .truncated(expected: UInt64(needed), found: size))
    }
    let header = ArenaRecord<StragglerArenaHeader>(beginning[...])
    guard header.version <= ArenaLayout.version else {
      throw ArenaError(
        arena: source.name, reason: .newer(found: header.version, known: ArenaLayout.version))
    }
    let check = ArenaCheck(arena: source.name)
    try check.that(
      header.version == ArenaLayout.version, "version", "\(ArenaLayout.version)", header.version)
    try check.that(header.header_size >= needed, "header_size", "at least \(needed)", header.header_size)
    try check.that(header.size >= header.header_size, "size", "at least \(header.header_size)", header.size)
    guard header.size <= size else {
      throw ArenaError(arena: source.name, reason: .truncated(expected: header.size, found: size))
    }
    return header
  }

  static func readExit(_ exit: StragglerExit, of source: any ArenaSource) throws(ArenaError) -> RecordedExit {
    let check = ArenaCheck(arena: source.name)
    return RecordedExit(
      phase: try check.value(RecordedExit.Phase(rawValue: exit.phase), "exit.phase", "0 to 7", exit.phase),
      kind: try check.value(RecordedExit.Kind(rawValue: exit.kind), "exit.kind", "0 to 5", exit.kind),
      status: exit.status,
      thread: exit.thread == 0 ? nil : Int(exit.thread),
      begun: exit.begun == 0 ? nil : exit.begun)
  }

  /// Checks that every region lies inside the arena, and that its entries are as long as this reader's.
  static func readRegions(
    _ header: ArenaRecord<StragglerArenaHeader>, of source: any ArenaSource
  ) throws(ArenaError) -> [ArenaRegion] {
    let layouts: [(name: String, entrySize: Int?)] = [
      ("modules", MemoryLayout<StragglerModule>.size),
      ("threads", MemoryLayout<StragglerThread>.size),
      ("overflow", MemoryLayout<StragglerHold>.size * Int(STRAGGLER_OVERFLOW_HOLDS)),
      ("files", MemoryLayout<StragglerFile>.size),
      ("sections", MemoryLayout<StragglerSection>.size),
      ("names", MemoryLayout<StragglerName>.size),
      ("stacks", nil),  // bytes: the recorder chooses in what portions it hands them out
    ]
    let place = ArenaRecord<StragglerArenaHeader>.offset(of: \.regions)
    var regions: [ArenaRegion] = []
    for (index, layout) in layouts.enumerated() {
      let region = header.record(
        at: place + index * MemoryLayout<StragglerRegion>.size, as: StragglerRegion.self
      ).value
      regions.append(
        try checked(
          region, name: layout.name, entrySize: layout.entrySize, header: header,
          check: ArenaCheck(arena: source.name)))
    }
    return regions
  }

  private static func checked(
    _ region: StragglerRegion, name: String, entrySize: Int?, header: ArenaRecord<StragglerArenaHeader>,
    check: ArenaCheck
  ) throws(ArenaError) -> ArenaRegion {
    if region.capacity > 0 {
      if let entrySize {
        try check.that(region.entry_size == entrySize, "\(name).entry_size", "\(entrySize)", region.entry_size)
      }
      // Two 32-bit factors: their product fits.
      let length = UInt64(region.entry_size) * UInt64(region.capacity)
      try check.that(length <= header.size, "\(name).capacity", "within \(header.size) bytes", region.capacity)
      let inside = region.offset >= header.header_size && region.offset <= header.size - length
      try check.that(
        inside, "\(name).offset", "\(header.header_size) to \(header.size - length)", region.offset)
    }
    try check.that(region.used <= region.capacity, "\(name).used", "at most \(region.capacity)", region.used)
    return ArenaRegion(
      offset: region.offset, entrySize: Int(region.entry_size), capacity: Int(region.capacity),
      used: Int(region.used), lost: Int(region.lost))
  }
}

/// Turns what does not hold into the error that names the field.
private struct ArenaCheck {
  let arena: String

  func that(
    _ holds: Bool, _ field: String, _ expected: String, _ found: some BinaryInteger
  ) throws(ArenaError) {
    _ = try value(holds ? () : nil, field, expected, found)
  }

  func value<Value>(
    _ value: Value?, _ field: String, _ expected: String, _ found: some BinaryInteger
  ) throws(ArenaError) -> Value {
    guard let value else {
      throw ArenaError(arena: arena, reason: .damaged(field: field, expected: expected, found: "\(found)"))
    }
    return value
  }
}
