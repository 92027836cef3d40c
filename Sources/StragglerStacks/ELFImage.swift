// One ELF file on disk: its loaded segments, its build id, and where its unwind information is.

/// An x86-64 ELF file as it is loaded, before anything was relocated. Addresses here are the file's own: those of the
/// process without the module's bias. Source of the layout: System V ABI, chapters 4 and 5, and its x86-64 supplement.
final class ELFImage {
  /// A PT_LOAD segment, as far as its bytes stand in the file.
  private struct Segment {
    var range: Range<UInt64>
    var offset: UInt64
    var writable: Bool
  }

  private enum ProgramHeader {
    static let load: UInt32 = 1
    static let note: UInt32 = 4
    static let unwindTable: UInt32 = 0x6474_E550  // PT_GNU_EH_FRAME
    static let writable: UInt32 = 2  // PF_W
  }

  /// Where .eh_frame_hdr is (PT_GNU_EH_FRAME).
  private(set) var unwindTable: Range<UInt64>?
  private let file: FileBytes
  private var segments: [Segment] = []
  private var notes: [Range<UInt64>] = []

  /// nil where the file is gone, is no x86-64 ELF file, or is not the one with the build id that was loaded. An empty
  /// `buildID` matches any file: not every file has one.
  convenience init?(path: String, buildID: [UInt8]) {
    guard let file = FileBytes(path: path) else { return nil }
    self.init(file, buildID: buildID)
  }

  /// The same for bytes from anywhere.
  init?(_ file: FileBytes, buildID: [UInt8]) {
    self.file = file
    guard readProgramHeaders(), buildID.isEmpty || readBuildID(length: buildID.count) == buildID else { return nil }
  }

  /// The little-endian integer at `address`; nil where no segment has it in the file. What stands in a writable segment
  /// is only what it was before the program ran: asked for by `includingWritable`.
  func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self, at address: UInt64, includingWritable: Bool = false
  ) -> T? {
    let width = UInt64(MemoryLayout<T>.size)
    for segment in segments where segment.range.contains(address) {
      guard includingWritable || !segment.writable, segment.range.upperBound - address >= width else { return nil }
      return file.integer(at: segment.offset + (address - segment.range.lowerBound))
    }
    return nil
  }

  /// The 8 bytes at `address`. libunwind reads aligned words and takes what it needs of them: behind a segment's last
  /// byte there are zeros, which it does not look at.
  func word(at address: UInt64, includingWritable: Bool) -> UInt64? {
    if let word: UInt64 = integer(at: address, includingWritable: includingWritable) { return word }
    guard var word = integer(UInt8.self, at: address, includingWritable: includingWritable).map(UInt64.init) else {
      return nil
    }
    for index in 1..<UInt64(8) {
      guard let byte: UInt8 = integer(at: address &+ index, includingWritable: includingWritable) else { break }
      word |= UInt64(byte) << (index * 8)
    }
    return word
  }

  /// The section of that name; nil where the file has no section headers or none of the name.
  func section(named name: String) -> Range<UInt64>? {
    guard let table: UInt64 = file.integer(at: 0x28), let size: UInt16 = file.integer(at: 0x3A), size >= 64,
      let count: UInt16 = file.integer(at: 0x3C), let namesIndex: UInt16 = file.integer(at: 0x3E), namesIndex < count
    else { return nil }
    func header(_ index: UInt16) -> UInt64? {
      let (place, overflow) = table.addingReportingOverflow(UInt64(index) * UInt64(size))
      return overflow || place > UInt64.max - 64 ? nil : place
    }
    guard let namesHeader = header(namesIndex), let names: UInt64 = file.integer(at: namesHeader + 0x18) else {
      return nil
    }
    let wanted = Array(name.utf8) + [0]
    for index in 0..<count {
      guard let header = header(index), let nameOffset: UInt32 = file.integer(at: header),
        file.bytes(at: names &+ UInt64(nameOffset), count: wanted.count) == wanted,
        let address: UInt64 = file.integer(at: header + 0x10), let length: UInt64 = file.integer(at: header + 0x20)
      else { continue }
      return Self.range(from: address, length: length)
    }
    return nil
  }

  private func readProgramHeaders() -> Bool {
    // "\u{7F}ELF", 64 bits, little-endian; e_machine EM_X86_64.
    guard file.bytes(at: 0, count: 6) == [0x7F, 0x45, 0x4C, 0x46, 2, 1], file.integer(UInt16.self, at: 0x12) == 62,
      let table: UInt64 = file.integer(at: 0x20), table < UInt64(Int64.max), let size: UInt16 = file.integer(at: 0x36),
      size >= 56, let count: UInt16 = file.integer(at: 0x38)
    else { return false }
    for index in 0..<UInt64(count) {
      let header = table + index * UInt64(size)
      guard let type: UInt32 = file.integer(at: header), let flags: UInt32 = file.integer(at: header + 4),
        let offset: UInt64 = file.integer(at: header + 8), let address: UInt64 = file.integer(at: header + 16),
        let length: UInt64 = file.integer(at: header + 32), let range = Self.range(from: address, length: length),
        Self.range(from: offset, length: length) != nil
      else { return false }
      switch type {
      case ProgramHeader.load:
        segments.append(Segment(range: range, offset: offset, writable: flags & ProgramHeader.writable != 0))
      case ProgramHeader.note: notes.append(offset..<offset + length)
      case ProgramHeader.unwindTable: unwindTable = range
      default: break
      }
    }
    return !segments.isEmpty
  }

  /// The first `length` bytes of the description of the note NT_GNU_BUILD_ID; nil where there is none of that length.
  private func readBuildID(length: Int) -> [UInt8]? {
    for note in notes {
      var place = note.lowerBound
      while place < note.upperBound, let nameSize: UInt32 = file.integer(at: place),
        let size: UInt32 = file.integer(at: place + 4), let type: UInt32 = file.integer(at: place + 8)
      {
        let description = place + 12 + (UInt64(nameSize) + 3) & ~3
        let isGNU = nameSize == 4 && file.bytes(at: place + 12, count: 4) == Array("GNU\0".utf8)
        if isGNU, type == 3, size == UInt32(length) {
          return file.bytes(at: description, count: length)
        }
        place = description + (UInt64(size) + 3) & ~3
      }
    }
    return nil
  }

  private static func range(from start: UInt64, length: UInt64) -> Range<UInt64>? {
    let (end, overflow) = start.addingReportingOverflow(length)
    return overflow ? nil : start..<end
  }
}
