// The rule for open files: abandoned-file.

internal import StragglerModel

extension Drafting {
  mutating func draftFiles() {
    let writing = threadsInsideWrites()
    for file in facts.process.files {
      let opener = facts.thread(file.opener)
      let abandonedOpener = opener.flatMap { facts.isAbandoned($0) && !$0.isMain ? $0 : nil }
      if let abandonedOpener { holdingThreads.insert(abandonedOpener.number) }
      guard let (thread, harm) = accused(file, writing: writing, opener: abandonedOpener) else { continue }
      holdingThreads.insert(thread.number)
      drafts.append(fileDraft(file, thread: thread, harm: harm))
    }
  }

  /// What the end of the process does to a file, from the worst on.
  private enum Harm {
    case insideWrite
    case losesBytes(UInt64)
    case openForWriting
    case flushedByExit(UInt64)
    case notRegular
    case readOnly

    var level: Level {
      switch self {
      case .insideWrite, .losesBytes: .error
      case .openForWriting: .warning
      case .flushedByExit, .notRegular, .readOnly: .note
      }
    }
  }

  /// Who is to blame, if anybody: the abandoned thread inside a write to it, whoever opened it; the abandoned thread
  /// that last wrote what is lost now; else its opener, if that was abandoned. Files of other threads are nobody's
  /// leak.
  private func accused(
    _ file: RecordedFile, writing: [WrittenFile: RecordedThread], opener: RecordedThread?
  ) -> (RecordedThread, Harm)? {
    let byDescriptor = writing[.descriptor(file.descriptor)]
    if let writer = byDescriptor ?? file.stream.flatMap({ writing[.stream($0)] }) { return (writer, .insideWrite) }
    let unflushed = file.unflushedBytes ?? 0
    if unflushed > 0, !facts.exit.kind.flushesStreams {
      let writer = facts.thread(file.lastWriter).flatMap { facts.isAbandoned($0) ? $0 : nil }
      if let thread = writer ?? opener { return (thread, .losesBytes(unflushed)) }
    }
    return opener.map { ($0, harm(file, unflushed: unflushed)) }
  }

  private func harm(_ file: RecordedFile, unflushed: UInt64) -> Harm {
    guard file.writable else { return .readOnly }
    guard file.isRegularAsFarAsKnown else { return .notRegular }
    return unflushed > 0 ? .flushedByExit(unflushed) : .openForWriting
  }

  private enum WrittenFile: Hashable {
    case descriptor(Int32)
    case stream(UInt64)
  }

  /// The abandoned threads that stand inside a call that hands bytes over.
  private func threadsInsideWrites() -> [WrittenFile: RecordedThread] {
    var writing: [WrittenFile: RecordedThread] = [:]
    for thread in facts.process.threads where facts.isAbandoned(thread) {
      guard let operation = thread.operation, operation.kind.handsBytesOver else { continue }
      if let stream = operation.stream { writing[.stream(stream)] = thread }
      if let descriptor = operation.descriptor { writing[.descriptor(descriptor)] = thread }
    }
    return writing
  }

  private mutating func fileDraft(_ file: RecordedFile, thread: RecordedThread, harm: Harm) -> Draft {
    let message = "\(threads.subject(thread)) \(abandoned) \(sentence(harm, file: file))"
    var draft = draft(.abandonedFile, harm.level, of: thread, message)
    draft.resource = resource(file)
    let opened = batch.acquisition(file.opened, by: thread.number == file.opener ? thread : nil)
    if thread.number == file.opener { draft.acquired = opened } else { draft.created = opened }
    if let stream = file.stream { draft.waiters = identities(facts.waiters(at: stream)) }
    return draft
  }

  private func sentence(_ harm: Harm, file: RecordedFile) -> String {
    let name = file.path.map { "\"\($0)\"" } ?? "descriptor \(file.descriptor)"
    switch harm {
    case .insideWrite: return "inside a write to \(name)"
    case .losesBytes(let count): return "with \(bytes(count)) of \(name) unflushed, which are lost"
    case .openForWriting: return "with \(name) open for writing"
    case .flushedByExit(let count): return "with \(bytes(count)) of \(name) unflushed, which the exit wrote for it"
    case .notRegular: return "with \(name) open, which is no regular file"
    case .readOnly: return "with \(name) open for reading"
    }
  }

  private func bytes(_ count: UInt64) -> String { count == 1 ? "1 byte" : "\(count) bytes" }

  private func resource(_ file: RecordedFile) -> ReportedResource {
    let mode: ReportedResource.Mode = !file.writable ? .read : file.readable ? .readWrite : .write
    return ReportedResource(
      kind: .file, mode: mode, name: file.path.map(lastComponent), address: file.stream,
      file: ReportedResource.File(
        path: file.path, descriptor: file.descriptor, unflushedBytes: file.unflushedBytes,
        unsyncedBytes: file.unsyncedBytes))
  }
}

extension RecordedOperation.Kind {
  /// Cut off in the middle of it, a file may be half-written. A sync writes nothing new.
  fileprivate var handsBytesOver: Bool {
    switch self {
    case .write, .streamWrite, .flush: true
    case .close, .sync: false
    }
  }
}

extension RecordedFile {
  /// A killed process left no time to ask: then a path outside the kernel's own file systems counts as a regular file.
  fileprivate var isRegularAsFarAsKnown: Bool {
    if let isRegular { return isRegular }
    guard let path else { return false }
    return !["/dev/", "/proc/", "/sys/"].contains(where: path.hasPrefix)
  }
}
