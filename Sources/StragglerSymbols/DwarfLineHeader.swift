// The header of a line number program: how to run it, and its table of files (DWARF 5, 6.2.4).

struct DwarfLineHeader {
  let version: UInt16
  let widths: DwarfWidths
  let minimumInstructionLength: UInt64
  let lineBase: Int64
  let lineRange: UInt64
  let opcodeBase: UInt8
  /// How many operands each standard opcode has, from opcode 1 on.
  let operandCounts: [UInt8]
  /// Full paths, or relative ones as compiled. Indexed as the program does: from 0 since version 5, from 1 before.
  let files: [String?]
  /// Where the program is in .debug_line.
  let program: Range<Int>

  init(at offset: UInt64, unit: DwarfUnit, _ sections: DwarfSections) throws(DwarfError) {
    var cursor = try ByteCursor(sections.lines, at: offset)
    let (end, is64Bit) = try cursor.unitLength()
    cursor = try ByteCursor(sections.lines, at: UInt64(cursor.position), end: end)
    version = try cursor.integer(UInt16.self)
    guard (2...5).contains(version) else { throw .unsupported("version of a line program") }
    var addressSize = unit.widths.addressSize
    if version >= 5 {
      addressSize = Int(try cursor.byte())
      _ = try cursor.byte()  // size of a segment selector: x86-64 has none
    }
    widths = DwarfWidths(version: version, is64Bit: is64Bit, addressSize: addressSize)
    let headerLength = try cursor.unsigned(size: widths.offsetSize)
    var start = cursor
    try start.skip(headerLength)
    program = start.position..<end

    minimumInstructionLength = UInt64(try cursor.byte())
    if version >= 4 { _ = try cursor.byte() }  // operations in an instruction: VLIW's
    _ = try cursor.byte()  // default_is_stmt
    lineBase = Int64(Int8(bitPattern: try cursor.byte()))
    lineRange = UInt64(try cursor.byte())
    guard lineRange > 0 else { throw .malformed("line_range") }
    opcodeBase = try cursor.byte()
    var counts: [UInt8] = []
    for _ in 1..<max(1, opcodeBase) { counts.append(try cursor.byte()) }
    operandCounts = counts
    let folder = unit.root?.compilationFolder.flatMap { unit.text($0, sections) }
    files =
      version >= 5
      ? try Self.files(&cursor, widths, unit: unit, sections, folder: folder)
      : try Self.oldFiles(&cursor, unit: unit, sections, folder: folder)
  }

  /// Versions 2 to 4: the compilation folder and the unit's own file are not in the tables.
  private static func oldFiles(
    _ cursor: inout ByteCursor, unit: DwarfUnit, _ sections: DwarfSections, folder: String?
  ) throws(DwarfError) -> [String?] {
    var folders: [String?] = [folder]
    while true {
      let name = try cursor.string()
      if name.isEmpty { break }
      folders.append(join(folder, name))
    }
    let own = unit.root?.name.flatMap { unit.text($0, sections) }
    var files: [String?] = [own.flatMap { join(folder, $0) }]
    while true {
      let name = try cursor.string()
      if name.isEmpty { return files }
      let index = try cursor.unsignedLEB()
      _ = try cursor.unsignedLEB()  // time
      _ = try cursor.unsignedLEB()  // length
      files.append(join(index < folders.count ? folders[Int(index)] : nil, name))
    }
  }

  private static func files(
    _ cursor: inout ByteCursor, _ widths: DwarfWidths, unit: DwarfUnit, _ sections: DwarfSections, folder: String?
  ) throws(DwarfError) -> [String?] {
    let folders = try entries(&cursor, widths, sections).map { entry in
      entry.path.flatMap { path(of: $0, unit: unit, sections) }.flatMap { join(folder, $0) }
    }
    return try entries(&cursor, widths, sections).map { entry in
      guard let name = entry.path.flatMap({ path(of: $0, unit: unit, sections) }) else { return nil }
      return join(entry.folder < folders.count ? folders[Int(entry.folder)] : nil, name)
    }
  }

  /// A table of folders or files of version 5: it says itself how its entries are written.
  private static func entries(
    _ cursor: inout ByteCursor, _ widths: DwarfWidths, _ sections: DwarfSections
  ) throws(DwarfError) -> [(path: DwarfString?, folder: UInt64)] {
    var format: [(content: UInt64, form: UInt64)] = []
    for _ in 0..<(try cursor.byte()) { format.append((try cursor.unsignedLEB(), try cursor.unsignedLEB())) }
    let count = try cursor.unsignedLEB()
    // Every entry has a name, so takes at least a byte: a greater count would loop over nothing for ever.
    guard count <= UInt64(cursor.remaining) else { throw .malformed("count of files") }
    var entries: [(path: DwarfString?, folder: UInt64)] = []
    for _ in 0..<count {
      var entry: (path: DwarfString?, folder: UInt64) = (nil, 0)
      for (content, form) in format {
        let value = try DwarfForm.read(form, implicit: 0, &cursor, widths, unit: 0)
        if content == 1, case .string(let string) = value { entry.path = string }  // DW_LNCT_path
        if content == 2, let index = value.asUnsigned { entry.folder = index }  // DW_LNCT_directory_index
      }
      entries.append(entry)
    }
    return entries
  }

  /// A name that stands inline stands in .debug_line here, not in .debug_info.
  private static func path(of string: DwarfString, unit: DwarfUnit, _ sections: DwarfSections) -> String? {
    guard case .inline(let offset) = string else { return unit.text(string, sections) }
    guard var cursor = try? ByteCursor(sections.lines, at: UInt64(offset)) else { return nil }
    return try? cursor.string()
  }

  /// `name` as seen from `folder`, without "./" parts; nil for what is no file: "<compiler-generated>", "<stdin>".
  private static func join(_ folder: String?, _ name: String) -> String? {
    if name.hasPrefix("<") { return nil }
    let path = name.hasPrefix("/") ? name : [folder ?? "", name].filter { !$0.isEmpty }.joined(separator: "/")
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
