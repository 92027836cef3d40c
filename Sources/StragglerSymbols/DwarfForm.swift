// Attribute values: the forms in which DWARF 2 to 5 write them (DWARF 5, 7.5.6).

/// One attribute's value. Indirect ones are left as they are: most are never asked for.
enum DwarfValue {
  case unsigned(UInt64)
  case signed(Int64)
  case address(UInt64)
  /// Index into the unit's part of .debug_addr.
  case addressIndex(UInt64)
  /// Offset into another section.
  case offset(UInt64)
  /// Offset of another entry in .debug_info.
  case reference(UInt64)
  case string(DwarfString)
  /// Index into the unit's range lists.
  case rangeListIndex(UInt64)
  /// Nothing that this reader needs: skipped.
  case other

  var asUnsigned: UInt64? {
    switch self {
    case .unsigned(let value): value
    case .signed(let value): UInt64(exactly: value)
    default: nil
    }
  }

  /// Before DWARF 4, offsets were written as plain data.
  var asOffset: UInt64? {
    if case .offset(let offset) = self { offset } else { asUnsigned }
  }
}

/// Where a string stands.
enum DwarfString {
  /// In .debug_info itself.
  case inline(Int)
  /// In .debug_str.
  case strings(UInt64)
  /// In .debug_line_str.
  case lineStrings(UInt64)
  /// Index into the unit's part of .debug_str_offsets.
  case index(UInt64)
}

/// How wide a unit's numbers are.
struct DwarfWidths {
  let version: UInt16
  let is64Bit: Bool
  let addressSize: Int
  var offsetSize: Int { is64Bit ? 8 : 4 }
}

enum DwarfForm {
  static let implicitConstant: UInt64 = 0x21

  /// Reads one value, or skips it where it is of no use here.
  /// - Parameter unit: where the unit begins: references are relative to it.
  static func read(
    _ form: UInt64, implicit: Int64, _ cursor: inout ByteCursor, _ widths: DwarfWidths, unit: UInt64
  ) throws(DwarfError) -> DwarfValue {
    switch form {
    case 0x01: return .address(try cursor.unsigned(size: widths.addressSize))  // addr
    case 0x0B, 0x0C: return .unsigned(UInt64(try cursor.byte()))  // data1, flag
    case 0x05: return .unsigned(try cursor.unsigned(size: 2))  // data2
    case 0x06: return .unsigned(try cursor.unsigned(size: 4))  // data4
    case 0x07: return .unsigned(try cursor.unsigned(size: 8))  // data8
    case 0x0D: return .signed(try cursor.signedLEB())  // sdata
    case 0x0F: return .unsigned(try cursor.unsignedLEB())  // udata
    case 0x19: return .unsigned(1)  // flag_present
    case implicitConstant: return .signed(implicit)
    case 0x17: return .offset(try cursor.unsigned(size: widths.offsetSize))  // sec_offset
    case 0x23: return .rangeListIndex(try cursor.unsignedLEB())  // rnglistx
    case 0x1B: return .addressIndex(try cursor.unsignedLEB())  // addrx
    case 0x29...0x2B: return .addressIndex(try cursor.unsigned(size: Int(form) - 0x28))  // addrx1 to addrx3
    case 0x2C: return .addressIndex(try cursor.unsigned(size: 4))  // addrx4
    case 0x16:  // indirect
      let actual = try cursor.unsignedLEB()
      guard actual != 0x16, actual != implicitConstant else { throw .malformed("form of an indirect form") }
      return try read(actual, implicit: 0, &cursor, widths, unit: unit)
    default:
      if let string = try string(form, &cursor, widths) { return .string(string) }
      if let reference = try reference(form, &cursor, widths, unit: unit) { return .reference(reference) }
      try skip(form, &cursor, widths)
      return .other
    }
  }

  private static func string(
    _ form: UInt64, _ cursor: inout ByteCursor, _ widths: DwarfWidths
  ) throws(DwarfError) -> DwarfString? {
    switch form {
    case 0x08:  // string
      let place = cursor.position
      try cursor.skipString()
      return .inline(place)
    case 0x0E: return .strings(try cursor.unsigned(size: widths.offsetSize))  // strp
    case 0x1F: return .lineStrings(try cursor.unsigned(size: widths.offsetSize))  // line_strp
    case 0x1A: return .index(try cursor.unsignedLEB())  // strx
    case 0x25...0x27: return .index(try cursor.unsigned(size: Int(form) - 0x24))  // strx1 to strx3
    case 0x28: return .index(try cursor.unsigned(size: 4))  // strx4
    default: return nil
    }
  }

  private static func reference(
    _ form: UInt64, _ cursor: inout ByteCursor, _ widths: DwarfWidths, unit: UInt64
  ) throws(DwarfError) -> UInt64? {
    switch form {
    case 0x11: return unit &+ (try cursor.unsigned(size: 1))  // ref1
    case 0x12: return unit &+ (try cursor.unsigned(size: 2))  // ref2
    case 0x13: return unit &+ (try cursor.unsigned(size: 4))  // ref4
    case 0x14: return unit &+ (try cursor.unsigned(size: 8))  // ref8
    case 0x15: return unit &+ (try cursor.unsignedLEB())  // ref_udata
    case 0x10:  // ref_addr: an address's width in DWARF 2, an offset's since
      return try cursor.unsigned(size: widths.version == 2 ? widths.addressSize : widths.offsetSize)
    default: return nil
    }
  }

  private static func skip(
    _ form: UInt64, _ cursor: inout ByteCursor, _ widths: DwarfWidths
  ) throws(DwarfError) {
    switch form {
    case 0x0A: try cursor.skip(UInt64(try cursor.byte()))  // block1
    case 0x03: try cursor.skip(try cursor.unsigned(size: 2))  // block2
    case 0x04: try cursor.skip(try cursor.unsigned(size: 4))  // block4
    case 0x09, 0x18: try cursor.skip(try cursor.unsignedLEB())  // block, exprloc
    case 0x1E: try cursor.skip(16)  // data16
    case 0x20, 0x24: try cursor.skip(8)  // ref_sig8, ref_sup8
    case 0x1C: try cursor.skip(4)  // ref_sup4
    case 0x22: _ = try cursor.unsignedLEB()  // loclistx
    case 0x1D, 0x1F20, 0x1F21: try cursor.skip(UInt64(widths.offsetSize))  // strp_sup, GNU_ref_alt, GNU_strp_alt
    default: throw .unsupported("form")
    }
  }
}
