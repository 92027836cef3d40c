// One entry of .eh_frame: which addresses it covers, and whether they are a signal trampoline's.

/// A frame description entry (FDE) with what its common information entry (CIE) says. Only what is checked here is
/// given to libunwind, which believes its tables: a return address column that no register has would lead it out of its
/// arrays. Addresses are the file's own. Source of the layout: Linux Standard Base, ".eh_frame"; DWARF 5, section 6.4.
struct UnwindEntry {
  /// Of the entry itself.
  var address: UInt64
  /// The code that it covers.
  var range: Range<UInt64>
  /// The frame is a signal trampoline's ('S' in the augmentation): what it interrupted stands at an instruction, not
  /// behind a call.
  var isSignalFrame: Bool

  /// nil where there is no well-formed entry at `address`.
  init?(at address: UInt64, in image: ELFImage) {
    guard let header = RecordHeader(at: address, in: image), header.identifier != 0 else { return nil }
    // The distance from the identifier's own place back to the CIE.
    let common = header.body.address &- 4 &- UInt64(header.identifier)
    guard let rules = CommonRules(at: common, in: image) else { return nil }
    var cursor = header.body
    guard let start = cursor.pointer(rules.pointerEncoding), let length = cursor.pointer(rules.pointerEncoding.format),
      length > 0
    else { return nil }
    let (end, overflow) = start.addingReportingOverflow(length)
    guard !overflow else { return nil }
    self.address = address
    self.range = start..<end
    self.isSignalFrame = rules.isSignalFrame
  }
}

/// What every record of .eh_frame begins with. Records in the 64-bit format are not known to be written by anybody for
/// .eh_frame on x86-64, and are not read.
struct RecordHeader {
  /// 0 for a CIE; for an FDE the distance to its CIE.
  var identifier: UInt32
  /// Stands behind the identifier.
  var body: TableCursor
  /// The address of the record that follows.
  var end: UInt64

  /// nil at the terminator (a length of 0), and where there is no record.
  init?(at address: UInt64, in image: ELFImage) {
    var cursor = TableCursor(image: image, address: address)
    guard let length: UInt32 = cursor.integer(), length >= 4, length < 0xFFFF_FFF0 else { return nil }
    self.end = cursor.address &+ UInt64(length)
    guard let identifier: UInt32 = cursor.integer() else { return nil }
    self.identifier = identifier
    self.body = cursor
  }
}

/// A CIE, as far as finding and trusting its FDEs needs it.
private struct CommonRules {
  var pointerEncoding = TableCursor.Encoding.absolute
  var isSignalFrame = false

  init?(at address: UInt64, in image: ELFImage) {
    guard let header = RecordHeader(at: address, in: image), header.identifier == 0 else { return nil }
    var cursor = header.body
    guard let version: UInt8 = cursor.integer(), version == 1 || version == 3,
      let augmentation = Self.augmentation(&cursor), cursor.unsignedNumber() != nil, cursor.skipSignedNumber() != nil,
      let returnColumn = version == 1 ? cursor.integer(UInt8.self).map(UInt64.init) : cursor.unsignedNumber(),
      returnColumn == 16  // rip
    else { return nil }
    guard !augmentation.isEmpty else { return }
    guard augmentation.first == UInt8(ascii: "z"), cursor.unsignedNumber() != nil else { return nil }
    for letter in augmentation.dropFirst() where !read(letter, &cursor) { return nil }
  }

  /// Reads what `letter` of the augmentation stands for. False where it is not known: what follows can't be found then.
  private mutating func read(_ letter: UInt8, _ cursor: inout TableCursor) -> Bool {
    switch letter {
    case UInt8(ascii: "R"):
      guard let encoding: UInt8 = cursor.integer() else { return false }
      pointerEncoding = TableCursor.Encoding(raw: encoding)
      return true
    case UInt8(ascii: "P"):
      guard let encoding: UInt8 = cursor.integer() else { return false }
      return cursor.skipPointer(TableCursor.Encoding(raw: encoding)) != nil
    case UInt8(ascii: "L"): return cursor.integer(UInt8.self) != nil
    case UInt8(ascii: "S"):
      isSignalFrame = true
      return true
    default: return false
    }
  }

  /// The letters up to the NUL. libunwind has room for seven.
  private static func augmentation(_ cursor: inout TableCursor) -> [UInt8]? {
    var letters: [UInt8] = []
    while letters.count < 8 {
      guard let letter: UInt8 = cursor.integer() else { return nil }
      if letter == 0 { return letters }
      letters.append(letter)
    }
    return nil
  }
}
