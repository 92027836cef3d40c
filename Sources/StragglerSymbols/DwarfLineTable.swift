// Line number programs, run into a table of address, file, line and column (DWARF 5, 6.2).

struct DwarfLineTable {
  struct Row {
    var address: UInt64 = 0
    var file: UInt64 = 1
    var line: Int64 = 1
    var column: UInt64 = 0
  }

  private let files: [String?]
  /// Each a run of rows with growing addresses.
  private let sequences: RangeIndex<[Row]>

  /// - Parameter code: where the file has code; sequences elsewhere are of functions that the linker threw away.
  init(
    at offset: UInt64, unit: DwarfUnit, _ sections: DwarfSections, code: Range<UInt64>
  ) throws(DwarfError) {
    let header = try DwarfLineHeader(at: offset, unit: unit, sections)
    files = header.files
    var machine = LineMachine(header)
    var cursor = try ByteCursor(sections.lines, at: UInt64(header.program.lowerBound), end: header.program.upperBound)
    while !cursor.isAtEnd { try machine.step(&cursor) }
    sequences = RangeIndex(
      machine.sequences.filter { code.contains($0.range.lowerBound) }.map { (range: $0.range, value: $0.rows) })
  }

  /// Where the code at the address comes from; line and column are nil where the compiler gave none.
  func location(at address: UInt64) -> SourceLocation? {
    guard let rows = sequences.innermost(at: address) else { return nil }
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let row = rows[low - 1]
    return location(file: row.file, line: UInt64(clamping: row.line), column: row.column)
  }

  /// A place that an entry names by this table's numbers.
  func location(file: UInt64, line: UInt64, column: UInt64) -> SourceLocation? {
    guard file < files.count, let path = files[Int(file)] else { return nil }
    return SourceLocation(
      file: path, line: line == 0 ? nil : Int(exactly: line), column: column == 0 ? nil : Int(exactly: column))
  }
}

/// A place in a source file.
struct SourceLocation {
  var file: String
  var line: Int?
  var column: Int?
}

/// The machine that a line number program runs on.
private struct LineMachine {
  private let header: DwarfLineHeader
  private var row = DwarfLineTable.Row()
  private var rows: [DwarfLineTable.Row] = []
  private(set) var sequences: [(range: Range<UInt64>, rows: [DwarfLineTable.Row])] = []

  init(_ header: DwarfLineHeader) { self.header = header }

  /// Runs one instruction.
  mutating func step(_ cursor: inout ByteCursor) throws(DwarfError) {
    let opcode = try cursor.byte()
    if opcode >= header.opcodeBase {
      let adjusted = UInt64(opcode - header.opcodeBase)
      advance(adjusted / header.lineRange)
      row.line &+= header.lineBase + Int64(adjusted % header.lineRange)
      rows.append(row)
    } else if opcode == 0 {
      try extended(&cursor)
    } else {
      try standard(opcode, &cursor)
    }
  }

  private mutating func advance(_ operations: UInt64) {
    row.address &+= operations &* header.minimumInstructionLength
  }

  private mutating func standard(_ opcode: UInt8, _ cursor: inout ByteCursor) throws(DwarfError) {
    switch opcode {
    case 1: rows.append(row)  // copy
    case 2: advance(try cursor.unsignedLEB())  // advance_pc
    case 3: row.line &+= try cursor.signedLEB()  // advance_line
    case 4: row.file = try cursor.unsignedLEB()  // set_file
    case 5: row.column = try cursor.unsignedLEB()  // set_column
    case 6, 7, 10, 11: break  // negate_stmt, set_basic_block, set_prologue_end, set_epilogue_begin
    case 8: advance(UInt64(255 - header.opcodeBase) / header.lineRange)  // const_add_pc
    case 9: row.address &+= UInt64(try cursor.integer(UInt16.self))  // fixed_advance_pc
    default:
      for _ in 0..<header.operandCounts[Int(opcode) - 1] { _ = try cursor.unsignedLEB() }
    }
  }

  private mutating func extended(_ cursor: inout ByteCursor) throws(DwarfError) {
    let length = try cursor.unsignedLEB()
    var inside = cursor
    try cursor.skip(length)
    guard length > 0 else { return }
    switch try inside.byte() {
    case 1: endSequence()
    case 2: row.address = try inside.unsigned(size: Int(min(length - 1, 9)))  // set_address
    default: break  // define_file, set_discriminator, vendors'
    }
  }

  private mutating func endSequence() {
    // Rows of one sequence grow; where a damaged program's don't, their order is made.
    rows.sort { $0.address < $1.address }
    if let first = rows.first, first.address < row.address {
      sequences.append((first.address..<row.address, rows))
    }
    rows = []
    row = DwarfLineTable.Row()
  }
}
