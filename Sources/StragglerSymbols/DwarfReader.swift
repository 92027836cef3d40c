// From an address to its source: the debug information of one ELF file (DWARF 2 to 5).

/// One function at an address: the one that the code belongs to, or one inlined into it.
struct SourceFrame {
  /// As the debug information has it: the linker's name where there is one, else the plain one.
  var function: String?
  var location: SourceLocation?
  var inlined: Bool
}

/// Finds functions, inlined calls and lines. Units are read when an address first falls into them.
///
/// The toolchain's own `Runtime` module was tried for this. It runs every line number program of the file for each
/// address (2.8 ms an address in a program of 10 MB), does not see what gcc inlined, giving the inlined line to its
/// host, and traps on damaged files. Damaged debug information gives no source here, and never a trap.
final class DwarfReader {
  private let sections: DwarfSections
  private let code: Range<UInt64>
  private var units: [DwarfUnit] = []
  private var unitsByAddress: RangeIndex<Int>
  /// Units that don't say where their code is.
  private var unrangedUnits: [Int] = []
  private var functions: [Int: DwarfFunctions?] = [:]
  private var lines: [Int: DwarfLineTable?] = [:]

  /// - Parameter code: where the file has code; what claims to be elsewhere was thrown away by the linker.
  init(_ sections: DwarfSections, code: Range<UInt64>) {
    self.sections = sections
    self.code = code
    unitsByAddress = RangeIndex([])
    readUnits()
  }

  /// The functions at an address of the file, innermost first; empty where nothing is known.
  func frames(at address: UInt64) -> [SourceFrame] {
    for unit in unitsByAddress.all(at: address).map(\.value) + unrangedUnits {
      let frames = frames(at: address, unit: unit)
      if !frames.isEmpty { return frames }
    }
    return []
  }

  private func frames(at address: UInt64, unit index: Int) -> [SourceFrame] {
    let unit = units[index]
    let lines = lines(of: index)
    var location = lines?.location(at: address)
    let chain =
      readable { () throws(DwarfError) in
        try functions(of: index)?.chain(at: address, unit, sections)
      } ?? []
    guard !chain.isEmpty else {
      return location.map { [SourceFrame(function: nil, location: $0, inlined: false)] } ?? []
    }
    var frames: [SourceFrame] = []
    for (depth, entry) in chain.enumerated().reversed() {
      frames.append(SourceFrame(function: name(of: entry, unit), location: location, inlined: depth > 0))
      // What called the inlined function stands where the call was.
      location = entry.callFile.flatMap { file in
        lines?.location(file: file, line: entry.callLine ?? 0, column: entry.callColumn ?? 0)
      }
    }
    return frames
  }

  /// A function's name, which its copies have from the entry that they are copies of.
  private func name(of entry: DwarfEntry, _ unit: DwarfUnit) -> String? {
    var entry = entry
    var unit = unit
    var plain: String?
    // Copy, abstract instance, declaration: a longer way is a circle in a damaged file.
    for _ in 0..<8 {
      if let name = entry.linkageName.flatMap({ unit.text($0, sections) }) { return name }
      plain = plain ?? entry.name.flatMap { unit.text($0, sections) }
      guard let origin = entry.origin, let (home, next) = self.entry(at: origin) else { break }
      (unit, entry) = (home, next)
    }
    return plain
  }

  /// The entry at an offset of .debug_info, in whichever unit it is.
  private func entry(at offset: UInt64) -> (DwarfUnit, DwarfEntry)? {
    var low = 0
    var high = units.count
    while low < high {
      let middle = (low + high) / 2
      if units[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let unit = units[low - 1]
    return readable { () throws(DwarfError) in
      var cursor = try ByteCursor(sections.info, at: offset, end: unit.end)
      return try DwarfEntry(&cursor, unit: unit).map { (unit, $0) }
    }
  }

  // MARK: - What is read once

  /// The units' headers and roots. A unit that is damaged is passed over; a broken chain of lengths ends them.
  private func readUnits() {
    var abbreviations: [UInt64: DwarfAbbreviations] = [:]
    var ranges: [(range: Range<UInt64>, value: Int)] = []
    var offset: UInt64? = 0
    while let start = offset,
      let header = readable({ () throws(DwarfError) in
        try DwarfUnitHeader(sections.info, at: start)
      })
    {
      offset = header.next < sections.info.count ? UInt64(header.next) : nil
      guard
        let unit = readable({ () throws(DwarfError) in try DwarfUnit(header, sections, &abbreviations) }),
        let root = unit.root
      else { continue }
      let own = unit.ranges(of: root, sections).filter { code.contains($0.lowerBound) }
      if root.ranges == nil && root.high == nil && root.lineProgram != nil { unrangedUnits.append(units.count) }
      ranges += own.map { (range: $0, value: units.count) }
      units.append(unit)
    }
    unitsByAddress = RangeIndex(ranges)
  }

  private func functions(of index: Int) -> DwarfFunctions? {
    if let known = functions[index] { return known }
    let made = readable { () throws(DwarfError) in try DwarfFunctions(units[index], sections, code: code) }
    functions[index] = .some(made)
    return made
  }

  private func lines(of index: Int) -> DwarfLineTable? {
    if let known = lines[index] { return known }
    let made = readable { () throws(DwarfError) in
      guard let offset = units[index].root?.lineProgram else { return nil as DwarfLineTable? }
      return try DwarfLineTable(at: offset, unit: units[index], sections, code: code)
    }
    lines[index] = .some(made)
    return made
  }

  /// What `body` reads; nil where that part of the file is damaged: then its source is not known.
  private func readable<Value>(_ body: () throws(DwarfError) -> Value?) -> Value? {
    do throws(DwarfError) { return try body() } catch { return nil }
  }
}
