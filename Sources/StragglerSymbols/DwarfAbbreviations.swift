// Abbreviations: what tag and which attributes an entry of a given code has (DWARF 5, 7.5.3).

/// The abbreviations of one unit, by code.
struct DwarfAbbreviations {
  struct Attribute {
    let name: UInt64
    let form: UInt64
    /// The value of a DW_FORM_implicit_const.
    let implicit: Int64
  }
  struct Abbreviation {
    let tag: UInt64
    let hasChildren: Bool
    let attributes: [Attribute]
  }

  /// Compilers number them from 1 on: then the code is the index.
  private var dense: [Abbreviation] = []
  private var sparse: [UInt64: Abbreviation] = [:]

  init(_ section: [UInt8], at offset: UInt64) throws(DwarfError) {
    var cursor = try ByteCursor(section, at: offset)
    while true {
      let code = try cursor.unsignedLEB()
      if code == 0 { return }
      let abbreviation = try Self.read(&cursor)
      if code == UInt64(dense.count) + 1 { dense.append(abbreviation) } else { sparse[code] = abbreviation }
    }
  }

  subscript(code: UInt64) -> Abbreviation? {
    code >= 1 && code <= UInt64(dense.count) ? dense[Int(code) - 1] : sparse[code]
  }

  private static func read(_ cursor: inout ByteCursor) throws(DwarfError) -> Abbreviation {
    let tag = try cursor.unsignedLEB()
    let hasChildren = try cursor.byte() != 0
    var attributes: [Attribute] = []
    while true {
      let name = try cursor.unsignedLEB()
      let form = try cursor.unsignedLEB()
      let implicit = form == DwarfForm.implicitConstant ? try cursor.signedLEB() : 0
      if name == 0 && form == 0 { break }
      attributes.append(Attribute(name: name, form: form, implicit: implicit))
    }
    return Abbreviation(tag: tag, hasChildren: hasChildren, attributes: attributes)
  }
}
