// The functions of one unit, and what is inlined into them.

/// The functions of one unit by address. Made once a unit is asked for: the unit's entries are read once for it.
struct DwarfFunctions {
  /// Where each function's entry begins in .debug_info.
  private let index: RangeIndex<UInt64>

  /// - Parameter code: where the file has code; functions elsewhere were thrown away by the linker.
  init(_ unit: DwarfUnit, _ sections: DwarfSections, code: Range<UInt64>) throws(DwarfError) {
    var functions: [(range: Range<UInt64>, value: UInt64)] = []
    var cursor = try ByteCursor(sections.info, at: unit.firstEntry, end: unit.end)
    while !cursor.isAtEnd {
      guard let entry = try DwarfEntry(&cursor, unit: unit), entry.tag == DwarfEntry.Tag.subprogram else { continue }
      for range in unit.ranges(of: entry, sections) where code.contains(range.lowerBound) {
        functions.append((range, entry.offset))
      }
    }
    index = RangeIndex(functions)
  }

  /// The function at an address, then the calls inlined there, each into the one before it. Empty where there is none.
  func chain(at address: UInt64, _ unit: DwarfUnit, _ sections: DwarfSections) throws(DwarfError) -> [DwarfEntry] {
    guard let offset = index.innermost(at: address) else { return [] }
    var cursor = try ByteCursor(sections.info, at: offset, end: unit.end)
    guard let function = try DwarfEntry(&cursor, unit: unit) else { return [] }
    var chain = [function]
    var depth = function.hasChildren ? 1 : 0
    while depth > 0, !cursor.isAtEnd {
      guard let entry = try DwarfEntry(&cursor, unit: unit) else {
        depth -= 1
        continue
      }
      if entry.hasChildren { depth += 1 }
      if entry.tag == DwarfEntry.Tag.inlinedSubroutine,
        unit.ranges(of: entry, sections).contains(where: { $0.contains(address) })
      {
        chain.append(entry)
      }
    }
    return chain
  }
}
