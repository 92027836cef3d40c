// The rule for open files: abandoned-file.

internal import StragglerModel

extension Drafting {
  mutating func draftFiles() {
    let operations = OperationsUnderWay(facts)
    for file in facts.process.files {
      let opener = facts.thread(file.opener)
      let abandonedOpener = opener.flatMap { facts.isAbandoned($0) && !$0.isMain ? $0 : nil }
      if let abandonedOpener { holdingThreads.insert(abandonedOpener.number) }
      guard let (thread, harm) = accused(file, operations, opener: abandonedOpener) else { continue }
      holdingThreads.insert(thread.number)
      drafts.append(fileDraft(file, thread: thread, harm: harm))
    }
    draftCallsByPath()
  }

  /// What the end of the process does to a file, from the worst on.
  private enum Harm {
    case insideWrite
    case insideTruncation
    case insideClose(UInt64)
    case losesBytes(UInt64)
    case openForWriting(syncing: Bool)
    case insideSync
    case flushedByExit(UInt64)
    case notRegular
    case readOnly

    /// Only a regular file outlives the process: what happens to another descriptor is a note.
    func level(_ file: RecordedFile) -> Level {
      switch self {
      case .insideWrite, .insideTruncation, .insideClose, .losesBytes: file.isRegularAsFarAsKnown ? .error : .note
      case .openForWriting: .warning
      case .insideSync, .flushedByExit, .notRegular, .readOnly: .note
      }
    }
  }

  /// Who is to blame, if anybody: the abandoned thread inside a write to it, whoever opened it; the abandoned thread
  /// that last wrote what is lost now; else its opener, if that was abandoned. Files of other threads are nobody's
  /// leak, but for a thread that is just making them durable.
  private func accused(
    _ file: RecordedFile, _ operations: OperationsUnderWay, opener: RecordedThread?
  ) -> (RecordedThread, Harm)? {
    if let writer = operations.writer(of: file) {
      return (writer, writer.operation?.kind == .truncate ? .insideTruncation : .insideWrite)
    }
    let unflushed = file.unflushedBytes ?? 0
    if unflushed > 0, let closer = operations.closer(of: file) { return (closer, .insideClose(unflushed)) }
    if unflushed > 0, !facts.exit.kind.flushesStreams {
      let writer = facts.thread(file.lastWriter).flatMap { facts.isAbandoned($0) ? $0 : nil }
      if let thread = writer ?? opener { return (thread, .losesBytes(unflushed)) }
    }
    let syncer = operations.syncer(of: file)
    if let opener { return (opener, harm(file, unflushed: unflushed, syncing: syncer != nil)) }
    return syncer.map { ($0, .insideSync) }
  }

  private func harm(_ file: RecordedFile, unflushed: UInt64, syncing: Bool) -> Harm {
    guard file.isRegularAsFarAsKnown else { return .notRegular }
    guard file.writable else { return .readOnly }
    return unflushed > 0 ? .flushedByExit(unflushed) : .openForWriting(syncing: syncing)
  }

  private mutating func fileDraft(_ file: RecordedFile, thread: RecordedThread, harm: Harm) -> Draft {
    let message = "\(threads.subject(thread)) \(abandoned) \(sentence(harm, file: file))"
    var draft = draft(.abandonedFile, harm.level(file), of: thread, message)
    draft.resource = resource(file)
    let opened = batch.acquisition(file.opened, by: thread.number == file.opener ? thread : nil)
    if thread.number == file.opener { draft.acquired = opened } else { draft.created = opened }
    if let stream = file.stream { draft.waiters = identities(facts.waiters(at: stream).filter { $0 != thread.number }) }
    return draft
  }

  private func sentence(_ harm: Harm, file: RecordedFile) -> String {
    let name = file.phrase
    switch harm {
    case .insideWrite: return "inside a write to \(name)"
    case .insideTruncation: return "inside a truncation of \(name)"
    case .insideClose(let count): return "inside the closing of \(name), with \(bytes(count)) of it unflushed"
    case .insideSync: return "inside a sync of \(name)"
    case .losesBytes(let count): return "with \(bytes(count)) of \(name) unflushed, which are lost"
    case .openForWriting(syncing: false): return "with \(name) open for writing"
    case .openForWriting(syncing: true): return "with \(name) open for writing, while it was being synced"
    case .flushedByExit(let count): return "with \(bytes(count)) of \(name) unflushed, which the exit wrote for it"
    case .notRegular where file.origin.mayBeRegularFile: return "with \(name) open, which is no regular file"
    case .notRegular: return "with \(name) open"
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

extension RecordedFile {
  /// A killed process left no time to ask: then a path outside the kernel's own file systems counts as a regular file.
  fileprivate var isRegularAsFarAsKnown: Bool {
    guard origin.mayBeRegularFile else { return false }
    if let isRegular { return isRegular }
    guard let path else { return false }
    return !["/dev/", "/proc/", "/sys/"].contains(where: path.hasPrefix)
  }

  /// What a reader calls it: `"/tmp/out.log"`, `a socket (descriptor 5)`, `the folder "/tmp"`.
  fileprivate var phrase: String {
    let quoted = path.map { "\"\($0)\"" }
    switch origin {
    case .path, .duplicate, .received: return quoted ?? "descriptor \(descriptor)"
    case .temporary: return "a temporary file (descriptor \(descriptor))"
    case .folder: return quoted.map { "the folder \($0)" } ?? "a folder (descriptor \(descriptor))"
    case .memory: return quoted.map { "the memory \($0)" } ?? "a piece of memory (descriptor \(descriptor))"
    case .pipe: return "a pipe (descriptor \(descriptor))"
    case .socket: return "a socket (descriptor \(descriptor))"
    case .event: return "an eventfd (descriptor \(descriptor))"
    case .epoll: return "an epoll set (descriptor \(descriptor))"
    case .timer: return "a timerfd (descriptor \(descriptor))"
    case .signal: return "a signalfd (descriptor \(descriptor))"
    case .watch: return "a watch on files (descriptor \(descriptor))"
    case .queue: return quoted.map { "the message queue \($0)" } ?? "a message queue (descriptor \(descriptor))"
    case .process: return "a pidfd (descriptor \(descriptor))"
    }
  }
}
