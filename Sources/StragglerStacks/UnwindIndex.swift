// Finds the unwind table entry of an address in one ELF file.

/// The sorted search table over a file's .eh_frame: the linker's own in .eh_frame_hdr, or, where a file has none, one
/// made by reading all of .eh_frame once. Addresses are the file's own.
struct UnwindIndex {
  private enum Table {
    /// Rows of two 32-bit distances from `base`: of a procedure's start, and of its entry.
    case linked(rows: UInt64, count: UInt64, base: UInt64)
    case scanned([(start: UInt64, entry: UInt64)])
  }

  private let image: ELFImage
  private let table: Table

  init(_ image: ELFImage) {
    self.image = image
    if let header = image.unwindTable, let table = Self.linkedTable(header, in: image) {
      self.table = table
    } else {
      self.table = .scanned(Self.scan(image))
    }
  }

  /// The entry that covers `address`; nil where none does.
  func entry(covering address: UInt64) -> UnwindEntry? {
    guard let place = place(before: address), let entry = UnwindEntry(at: place, in: image) else { return nil }
    return entry.range.contains(address) ? entry : nil
  }

  /// The address of the last entry that begins at or before `address`.
  private func place(before address: UInt64) -> UInt64? {
    switch table {
    case .scanned(let rows):
      let index = Self.partition(UInt64(rows.count)) { rows[Int($0)].start > address }
      return index.flatMap { $0 > 0 ? rows[Int($0) - 1].entry : nil }
    case .linked(let rows, let count, let base):
      func value(_ index: UInt64, _ column: UInt64) -> UInt64? {
        let distance: Int32? = image.integer(at: rows &+ index &* 8 &+ column)
        return distance.map { base &+ UInt64(bitPattern: Int64($0)) }
      }
      let index = Self.partition(count) { index in value(index, 0).map { $0 > address } }
      return index.flatMap { $0 > 0 ? value($0 - 1, 4) : nil }
    }
  }

  /// The first of `count` sorted rows for which `isBehind` holds; nil where a row can't be read.
  private static func partition(_ count: UInt64, _ isBehind: (UInt64) -> Bool?) -> UInt64? {
    var low: UInt64 = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      guard let behind = isBehind(middle) else { return nil }
      if behind { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Only the one form that linkers write is read: DW_EH_PE_datarel | DW_EH_PE_sdata4.
  private static func linkedTable(_ header: Range<UInt64>, in image: ELFImage) -> Table? {
    var cursor = TableCursor(image: image, address: header.lowerBound)
    guard cursor.integer(UInt8.self) == 1, let frames: UInt8 = cursor.integer(), let counts: UInt8 = cursor.integer(),
      cursor.integer(UInt8.self) == 0x3B, cursor.pointer(.init(raw: frames)) != nil,
      let count = cursor.pointer(.init(raw: counts)), count > 0, count <= (header.upperBound - header.lowerBound) / 8
    else { return nil }
    return .linked(rows: cursor.address, count: count, base: header.lowerBound)
  }

  private static func scan(_ image: ELFImage) -> [(start: UInt64, entry: UInt64)] {
    guard let section = image.section(named: ".eh_frame") else { return [] }
    var rows: [(start: UInt64, entry: UInt64)] = []
    var address = section.lowerBound
    while section.contains(address), let record = RecordHeader(at: address, in: image), record.end > address {
      if record.identifier != 0, let entry = UnwindEntry(at: address, in: image) {
        rows.append((start: entry.range.lowerBound, entry: address))
      }
      address = record.end
    }
    return rows.sorted { $0.start < $1.start }
  }
}
