// One unit of .debug_info: its header, and what its root entry says for the whole unit.

struct DwarfUnit {
  /// Where it begins in .debug_info, and where it ends.
  let offset: UInt64
  let end: Int
  let widths: DwarfWidths
  let abbreviations: DwarfAbbreviations
  /// Where its root entry begins.
  let firstEntry: UInt64

  private(set) var root: DwarfEntry?
  /// What range lists and offset pairs are relative to.
  private(set) var base: UInt64 = 0

  /// Reads the header at the cursor, and moves the cursor behind the unit even where its inside is unreadable.
  /// - Returns: nil for a unit that describes types alone.
  static func read(
    _ cursor: inout ByteCursor, _ sections: DwarfSections, _ known: inout [UInt64: DwarfAbbreviations]
  ) throws(DwarfError) -> Result<DwarfUnit?, DwarfError> {
    let offset = UInt64(cursor.position)
    let (end, is64Bit) = try cursor.unitLength()
    defer { _ = try? cursor.skip(UInt64(max(0, end - cursor.position))) }
    var inside = cursor
    do throws(DwarfError) {
      return .success(try DwarfUnit(&inside, offset: offset, end: end, is64Bit: is64Bit, sections, &known))
    } catch {
      return .failure(error)
    }
  }

  private init?(
    _ cursor: inout ByteCursor, offset: UInt64, end: Int, is64Bit: Bool, _ sections: DwarfSections,
    _ known: inout [UInt64: DwarfAbbreviations]
  ) throws(DwarfError) {
    let version = try cursor.integer(UInt16.self)
    guard (2...5).contains(version) else { throw .unsupported("version of a unit") }
    var type: UInt8 = 1
    var addressSize = 0
    if version >= 5 {
      type = try cursor.byte()
      addressSize = Int(try cursor.byte())
    }
    let table = try cursor.unsigned(size: is64Bit ? 8 : 4)
    if version < 5 { addressSize = Int(try cursor.byte()) }
    switch type {
    case 1, 3: break  // compile, partial
    case 4, 5: try cursor.skip(8)  // skeleton, split_compile: an id
    default: return nil  // type units
    }
    if known[table] == nil { known[table] = try DwarfAbbreviations(sections.abbreviations, at: table) }
    guard let abbreviations = known[table] else { return nil }
    self.offset = offset
    self.end = end
    self.abbreviations = abbreviations
    widths = DwarfWidths(version: version, is64Bit: is64Bit, addressSize: addressSize)
    firstEntry = UInt64(cursor.position)
    var entries = try ByteCursor(sections.info, at: firstEntry, end: end)
    root = try DwarfEntry(&entries, unit: self)
    if let low = root?.low { base = address(low, sections) ?? 0 }
  }

  /// The address that a value stands for; nil where it stands for none.
  func address(_ value: DwarfValue, _ sections: DwarfSections) -> UInt64? {
    switch value {
    case .address(let address): return address
    case .addressIndex(let index):
      let place = (root?.addressBase ?? 0) &+ index &* UInt64(widths.addressSize)
      guard var cursor = try? ByteCursor(sections.addresses, at: place) else { return nil }
      return try? cursor.unsigned(size: widths.addressSize)
    default: return nil
    }
  }

  /// The text of a string; nil where it can't be had.
  func text(_ string: DwarfString, _ sections: DwarfSections) -> String? {
    let place: (section: [UInt8], offset: UInt64)
    switch string {
    case .inline(let offset): place = (sections.info, UInt64(offset))
    case .strings(let offset): place = (sections.strings, offset)
    case .lineStrings(let offset): place = (sections.lineStrings, offset)
    case .index(let index):
      let entry = (root?.stringOffsetsBase ?? 0) &+ index &* UInt64(widths.offsetSize)
      guard var cursor = try? ByteCursor(sections.stringOffsets, at: entry),
        let offset = try? cursor.unsigned(size: widths.offsetSize)
      else { return nil }
      place = (sections.strings, offset)
    }
    guard var cursor = try? ByteCursor(place.section, at: place.offset) else { return nil }
    return try? cursor.string()
  }
}
