// Reads an arena: the bytes that a recorder left become values.

internal import CStragglerArena
internal import Glibc

/// Reads what a recorder left in its arena, while the observed process runs or after its death.
///
/// The arena is hostile input: it may be cut short, overwritten, or no arena at all. That is an `ArenaError`, never a
/// trap, and memory stays bounded by what the file really holds.
public struct ArenaReader {
  /// Reads the arena behind an open descriptor, whose file offset is neither used nor moved. It stays the caller's.
  /// - Parameter name: what errors call the arena.
  /// - Throws: `ArenaError`.
  public static func read(descriptor: Int32, name: String) throws -> RecordedProcess {
    try read(DescriptorSource(descriptor: descriptor, name: name))
  }

  /// Reads the arena in the file at `path`.
  /// - Throws: `ArenaError`.
  public static func read(path: String) throws -> RecordedProcess {
    // O_NONBLOCK: a fifo of that name must not stop us for good.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      throw ArenaError(
        arena: path,
        reason: code == ENOENT
          ? .missing
          : .unreadable(operation: "open", code: code, explanation: String(cString: strerror(code))))
    }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, name: path)
  }

  /// Reads an arena of `size` bytes that `copy` gives copies of: a process's own, while it goes on.
  /// - Parameters:
  ///   - name: what errors call the arena.
  ///   - copy: fills a buffer with the bytes from an offset on; false where there are none.
  /// - Throws: `ArenaError`.
  public static func read(
    name: String, size: UInt64, copy: @escaping (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) -> Bool
  ) throws -> RecordedProcess {
    try read(CopiedSource(name: name, length: size, copy: copy))
  }

  /// The core: from bytes to values.
  static func read(_ source: any ArenaSource) throws(ArenaError) -> RecordedProcess {
    let arena = try Arena(source)
    let names = try arena.lockNames()
    let (threads, holdsLost, threadsLost) = try arena.threads(kinds: names.compactMapValues(\.kind))
    let (modules, modulesLost) = try arena.modules()
    let header = arena.header
    let (arguments, argumentsCut) = arena.arguments()
    return RecordedProcess(
      id: header.pid,
      parentID: header.parent_pid,
      executable: header.text(of: \.executable),
      workingDirectory: header.text(of: \.working_directory),
      arguments: arguments,
      argumentsCut: argumentsCut,
      startTime: header.start_time,
      linked: header.flags.has(STRAGGLER_ARENA_LINKED),
      forked: header.flags.has(STRAGGLER_ARENA_FORKED),
      usesRuntime: header.flags.has(STRAGGLER_ARENA_RUNTIME),
      freezeIncomplete: header.flags.has(STRAGGLER_ARENA_FREEZE_INCOMPLETE),
      exit: arena.exit,
      threads: threads,
      files: try arena.files(),
      sections: try arena.sections(),
      modules: modules,
      lockNames: names.compactMapValues(\.name),
      losses: arena.losses(holds: holdsLost, threads: threadsLost, modules: modulesLost),
      standalone: header.flags.has(STRAGGLER_ARENA_STANDALONE),
      children: arena.children(), defaultSuppressions: header.text(of: \.suppressions),
      defaultSuppressionsCut: header.flags.has(STRAGGLER_ARENA_SUPPRESSIONS_CUT),
      confined: header.flags.has(STRAGGLER_ARENA_CONFINED))
  }
}

extension Arena {
  /// The program's arguments, and whether there were more of them.
  fileprivate func arguments() -> ([String], cut: Bool) {
    let bytes = header.bytes(of: \.arguments, count: Int(header.arguments_length))
    var arguments = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    // What follows the last NUL is no argument, unless the room ended in the middle of one.
    if arguments.last == "" { arguments.removeLast() }
    let stated = Int(header.argument_count)
    let cut = header.flags.has(STRAGGLER_ARENA_ARGUMENTS_CUT) || stated > arguments.count
    return (Array(arguments.prefix(stated)), cut)
  }

  /// The count of those without a record may be below zero for an instant: exec takes a child back before it is known.
  fileprivate func children() -> RecordedChildren {
    var children = RecordedChildren()
    children.unrecorded = max(0, Int(Int32(truncatingIfNeeded: header.children_unrecorded)))
    let count = min(Int(header.spawned_count), Int(STRAGGLER_SPAWNED))
    children.forgotten = Int(header.spawned_count) - count
    let bytes = header.bytes(of: \.spawned, count: count * MemoryLayout<Int32>.size)
    children.spawned = bytes.withUnsafeBytes { bytes in
      (0..<count).map { bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Int32>.size, as: Int32.self) }
    }
    return children
  }

  /// What the recorder had no room for, and what the reader could make nothing of.
  fileprivate func losses(holds: Int, threads: Int, modules: Int) -> RecordedLosses {
    var losses = RecordedLosses()
    losses.threads = region(STRAGGLER_REGION_THREADS).lost + threads
    // Those of a thread are counted in its slot; a forked child's inheritance, which has none, in the region.
    losses.holds = holds + region(STRAGGLER_REGION_OVERFLOW).lost
    losses.files = region(STRAGGLER_REGION_FILES).lost
    losses.sections = region(STRAGGLER_REGION_SECTIONS).lost
    losses.names = region(STRAGGLER_REGION_NAMES).lost
    losses.modules = region(STRAGGLER_REGION_MODULES).lost + modules
    losses.stacks = region(STRAGGLER_REGION_STACKS).lost
    return losses
  }
}
