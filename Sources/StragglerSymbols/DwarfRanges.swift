// The addresses that an entry covers: low and high, .debug_ranges or .debug_rnglists.

extension DwarfUnit {
  /// The addresses of an entry of this unit; none for a declaration, or where the lists are damaged.
  func ranges(of entry: DwarfEntry, _ sections: DwarfSections) -> [Range<UInt64>] {
    if let list = entry.ranges {
      do throws(DwarfError) {
        return try widths.version >= 5 ? rangeList(list, sections) : oldRangeList(list, sections)
      } catch {
        return []
      }
    }
    guard let low = entry.low.flatMap({ address($0, sections) }), let high = entry.high else { return [] }
    // An address, or a length counted from the low one.
    let end = address(high, sections) ?? high.asUnsigned.map { low &+ $0 }
    return end.flatMap { low < $0 ? [low..<$0] : nil } ?? []
  }

  /// DWARF 2 to 4, 2.17.3: pairs relative to a base, ended by two zeroes.
  private func oldRangeList(_ value: DwarfValue, _ sections: DwarfSections) throws(DwarfError) -> [Range<UInt64>] {
    guard let offset = value.asOffset else { throw .malformed("range list") }
    var cursor = try ByteCursor(sections.ranges, at: offset)
    var base = base
    var ranges: [Range<UInt64>] = []
    while true {
      let low = try cursor.unsigned(size: widths.addressSize)
      let high = try cursor.unsigned(size: widths.addressSize)
      if low == 0 && high == 0 { return ranges }
      if low == .max { base = high } else { ranges.append(low &+ base, high &+ base) }
    }
  }

  /// DWARF 5, 7.25.
  private func rangeList(_ value: DwarfValue, _ sections: DwarfSections) throws(DwarfError) -> [Range<UInt64>] {
    var cursor = try ByteCursor(sections.rangeLists, at: try rangeListOffset(value, sections))
    var base = base
    var ranges: [Range<UInt64>] = []
    while true {
      switch try cursor.byte() {
      case 0: return ranges
      case 1: base = try indexed(&cursor, sections)
      case 2: ranges.append(try indexed(&cursor, sections), try indexed(&cursor, sections))
      case 3:
        let low = try indexed(&cursor, sections)
        ranges.append(low, low &+ (try cursor.unsignedLEB()))
      case 4: ranges.append(base &+ (try cursor.unsignedLEB()), base &+ (try cursor.unsignedLEB()))
      case 5: base = try cursor.unsigned(size: widths.addressSize)
      case 6:
        let low = try cursor.unsigned(size: widths.addressSize)
        ranges.append(low, try cursor.unsigned(size: widths.addressSize))
      case 7:
        let low = try cursor.unsigned(size: widths.addressSize)
        ranges.append(low, low &+ (try cursor.unsignedLEB()))
      default: throw .unsupported("range list entry")
      }
    }
  }

  private func rangeListOffset(_ value: DwarfValue, _ sections: DwarfSections) throws(DwarfError) -> UInt64 {
    guard case .rangeListIndex(let index) = value else {
      guard let offset = value.asOffset else { throw .malformed("range list") }
      return offset
    }
    let start = root?.rangeListsBase ?? 0
    var cursor = try ByteCursor(sections.rangeLists, at: start &+ index &* UInt64(widths.offsetSize))
    return start &+ (try cursor.unsigned(size: widths.offsetSize))
  }

  private func indexed(_ cursor: inout ByteCursor, _ sections: DwarfSections) throws(DwarfError) -> UInt64 {
    guard let address = address(.addressIndex(try cursor.unsignedLEB()), sections) else { throw .outOfBounds }
    return address
  }
}

extension [Range<UInt64>] {
  /// Adds a range, unless it is empty or upside down: linkers leave such ones of what they threw away.
  fileprivate mutating func append(_ low: UInt64, _ high: UInt64) {
    if low < high { append(low..<high) }
  }
}
