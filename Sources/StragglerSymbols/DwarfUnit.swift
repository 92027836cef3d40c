// One unit of .debug_info: its header, and what its root entry says for the whole unit.

/// Where a unit begins, and where the next one does: enough to pass over a unit whose inside is unreadable.
struct DwarfUnitHeader {
  /// Offset in .debug_info.
  let offset: UInt64
  let next: Int
  let is64Bit: Bool
  /// Where its fields go on behind the length.
  let fields: UInt64

  init(_ info: [UInt8], at offset: UInt64) throws(DwarfError) {
    var cursor = try ByteCursor(info, at: offset)
    self.offset = offset
    (next, is64Bit) = try cursor.unitLength()
    fields = UInt64(cursor.position)
  }
}

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

  /// nil for a unit that describes types alone.
  /// - Parameter known: tables of abbreviations that were read before: units share them.
  init?(
    _ header: DwarfUnitHeader, _ sections: DwarfSections, _ known: inout [UInt64: DwarfAbbreviations]
  ) throws(DwarfError) {
    offset = header.offset
    end = header.next
    var cursor = try ByteCursor(sections.info, at: header.fields, end: end)
    let version = try cursor.integer(UInt16.self)
    guard (2...5).contains(version) else { throw .unsupported("version of a unit") }
    var type: UInt8 = 1
    var addressSize = 0
    if version >= 5 {
      type = try cursor.byte()
      addressSize = Int(try cursor.byte())
    }
    let table = try cursor.unsigned(size: header.is64Bit ? 8 : 4)
    if version < 5 { addressSize = Int(try cursor.byte()) }
    switch type {
    case 1, 3: break  // compile, partial
    case 4, 5: try cursor.skip(8)  // skeleton, split_compile: an id
    default: return nil  // type units
    }
    if let read = known[table] {
      abbreviations = read
    } else {
      abbreviations = try DwarfAbbreviations(sections.abbreviations, at: table)
      known[table] = abbreviations
    }
    widths = DwarfWidths(version: version, is64Bit: header.is64Bit, addressSize: addressSize)
    firstEntry = UInt64(cursor.position)
    root = try DwarfEntry(&cursor, unit: self)
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
