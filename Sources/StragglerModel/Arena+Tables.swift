// The arena's flat tables: open files, critical sections, loaded modules, names of locks.

internal import CStragglerArena

extension Arena {
  /// The open files, in the order of their descriptors.
  func files() throws(ArenaError) -> [RecordedFile] {
    var files: [RecordedFile] = []
    let region = region(STRAGGLER_REGION_FILES)
    try forEach(STRAGGLER_REGION_FILES, as: StragglerFile.self) { index, copy throws(ArenaError) in
      guard copy.state == STRAGGLER_ENTRY_LIVE.rawValue, let descriptor = Int32(exactly: index),
        let file = try settled(copy, at: region.place(of: index), sequence: \.sequence),
        file.state == STRAGGLER_ENTRY_LIVE.rawValue
      else { return }
      files.append(RecordedFile(file, descriptor: descriptor))
    }
    return files
  }

  /// The critical sections in progress.
  func sections() throws(ArenaError) -> [RecordedSection] {
    var sections: [RecordedSection] = []
    let region = region(STRAGGLER_REGION_SECTIONS)
    try forEach(STRAGGLER_REGION_SECTIONS, as: StragglerSection.self) { index, copy throws(ArenaError) in
      guard copy.state == STRAGGLER_ENTRY_LIVE.rawValue,
        let section = try settled(copy, at: region.place(of: index), sequence: \.sequence),
        section.state == STRAGGLER_ENTRY_LIVE.rawValue
      else { return }
      let name = section.text(of: \.name)
      sections.append(
        RecordedSection(
          name: name.isEmpty ? nil : name, thread: Int(section.thread), task: section.task == 0 ? nil : section.task,
          entered: CapturedStack(section.capture, window: section.bytes(of: \.stack)), isTask: section.is_task != 0))
    }
    return sections
  }

  /// The loaded ELF files, and how many entries made no sense.
  func modules() throws(ArenaError) -> ([Module], lost: Int) {
    var modules: [Module] = []
    var lost = 0
    try forEach(STRAGGLER_REGION_MODULES, as: StragglerModule.self) { _, module throws(ArenaError) in
      guard module.end != 0 else { return }  // not filled, or not to its end: that is written last
      guard module.start < module.end else {
        lost += 1
        return
      }
      modules.append(
        Module(
          path: module.text(of: \.path), bias: module.bias, range: module.start..<module.end,
          buildID: module.bytes(of: \.build_id, count: Int(module.build_id_length)),
          bypassesRecorder: module.flags.has(STRAGGLER_MODULE_BYPASSES)))
    }
    return (modules, lost)
  }

  /// What the program said of its locks, by address: a name, a kind that is truer than libc's, or both.
  func lockNames() throws(ArenaError) -> [UInt64: (name: String?, kind: ResourceKind?)] {
    var names: [UInt64: (name: String?, kind: ResourceKind?)] = [:]
    try forEach(STRAGGLER_REGION_NAMES, as: StragglerName.self) { _, entry throws(ArenaError) in
      guard entry.state == STRAGGLER_ENTRY_LIVE.rawValue, entry.resource != 0 else { return }
      let name = entry.text(of: \.name)
      names[entry.resource] = (name.isEmpty ? nil : name, ResourceKind(rawValue: UInt8(clamping: entry.kind)))
    }
    return names
  }
}

extension ArenaRegion {
  /// Where the entry of this index begins, from the beginning of the arena.
  func place(of index: Int) -> UInt64 { offset + UInt64(index) * UInt64(entrySize) }
}

extension RecordedFile {
  fileprivate init(_ file: ArenaRecord<StragglerFile>, descriptor: Int32) {
    let path = file.text(of: \.path)
    let flags = file.flags
    self.init(
      descriptor: descriptor,
      path: path.isEmpty ? nil : path,
      pathIsRelative: flags.has(STRAGGLER_FILE_PATH_RELATIVE),
      readable: flags.has(STRAGGLER_FILE_READ),
      writable: flags.has(STRAGGLER_FILE_WRITE),
      isRegular: flags.has(STRAGGLER_FILE_TYPE_KNOWN) ? flags.has(STRAGGLER_FILE_REGULAR) : nil,
      openFlags: file.open_flags,
      opener: Int(file.opener),
      lastWriter: file.last_writer == 0 ? nil : Int(file.last_writer),
      stream: file.stream == 0 ? nil : file.stream,
      unflushedBytes: flags.has(STRAGGLER_FILE_STREAM_READ) ? file.unflushed : nil,
      unsyncedBytes: file.unsynced,
      opened: CapturedStack(file.capture, window: file.bytes(of: \.stack)),
      origin: Origin(rawValue: file.origin) ?? .path)
  }
}
