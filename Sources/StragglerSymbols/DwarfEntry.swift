// One debugging information entry, with those of its attributes that lead from an address to its source.

struct DwarfEntry {
  /// DW_TAG_… (DWARF 5, 7.5.3)
  enum Tag {
    static let compileUnit: UInt64 = 0x11
    static let inlinedSubroutine: UInt64 = 0x1D
    static let subprogram: UInt64 = 0x2E
  }

  let offset: UInt64
  let tag: UInt64
  let hasChildren: Bool

  private(set) var low: DwarfValue?
  private(set) var high: DwarfValue?
  private(set) var ranges: DwarfValue?
  private(set) var name: DwarfString?
  private(set) var linkageName: DwarfString?
  /// The entry that says what an inlined or out-of-line copy is a copy of.
  private(set) var origin: UInt64?
  private(set) var callFile: UInt64?
  private(set) var callLine: UInt64?
  private(set) var callColumn: UInt64?
  private(set) var compilationFolder: DwarfString?
  private(set) var lineProgram: UInt64?
  private(set) var addressBase: UInt64?
  private(set) var stringOffsetsBase: UInt64?
  private(set) var rangeListsBase: UInt64?

  /// Reads the entry at the cursor; nil for the null entry that ends a list of children.
  init?(_ cursor: inout ByteCursor, unit: DwarfUnit) throws(DwarfError) {
    offset = UInt64(cursor.position)
    let code = try cursor.unsignedLEB()
    if code == 0 { return nil }
    guard let abbreviation = unit.abbreviations[code] else { throw .malformed("abbreviation code") }
    tag = abbreviation.tag
    hasChildren = abbreviation.hasChildren
    for attribute in abbreviation.attributes {
      let value = try DwarfForm.read(
        attribute.form, implicit: attribute.implicit, &cursor, unit.widths, unit: unit.offset)
      keep(attribute.name, value)
    }
  }

  /// DW_AT_… (DWARF 5, 7.5.4; the 0x2000s are MIPS's and GNU's from before there were standard ones)
  private mutating func keep(_ attribute: UInt64, _ value: DwarfValue) {
    switch (attribute, value) {
    case (0x11, _): low = value
    case (0x12, _): high = value
    case (0x55, _): ranges = value
    case (0x03, .string(let string)): name = string
    case (0x6E, .string(let string)), (0x2007, .string(let string)): linkageName = string
    case (0x1B, .string(let string)): compilationFolder = string
    // An abstract origin is what the copy is of; its specification has the name.
    case (0x31, .reference(let entry)), (0x47, .reference(let entry)): origin = entry
    case (0x58, _): callFile = value.asUnsigned
    case (0x59, _): callLine = value.asUnsigned
    case (0x57, _): callColumn = value.asUnsigned
    case (0x10, _): lineProgram = value.asOffset
    case (0x73, _): addressBase = value.asOffset
    case (0x72, _): stringOffsetsBase = value.asOffset
    case (0x74, _): rangeListsBase = value.asOffset
    default: break
    }
  }
}
