// The debug sections of one ELF file.

/// The bytes of each section that the reader uses; empty where the file has none.
struct DwarfSections {
  let info: [UInt8]
  let abbreviations: [UInt8]
  let lines: [UInt8]
  let strings: [UInt8]
  let lineStrings: [UInt8]
  let stringOffsets: [UInt8]
  let addresses: [UInt8]
  let ranges: [UInt8]
  let rangeLists: [UInt8]

  /// - Parameter bytes: gives a section's bytes by its name.
  init(_ bytes: (String) -> [UInt8]) {
    info = bytes(".debug_info")
    abbreviations = bytes(".debug_abbrev")
    lines = bytes(".debug_line")
    strings = bytes(".debug_str")
    lineStrings = bytes(".debug_line_str")
    stringOffsets = bytes(".debug_str_offsets")
    addresses = bytes(".debug_addr")
    ranges = bytes(".debug_ranges")
    rangeLists = bytes(".debug_rnglists")
  }
}
