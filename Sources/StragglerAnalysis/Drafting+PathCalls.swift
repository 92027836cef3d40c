// The rule for open files, for calls that have none open by a descriptor: a truncation by path, a rename, a sync of everything.

internal import StragglerModel

extension Drafting {
  mutating func draftCallsByPath() {
    for thread in facts.process.threads where facts.isAbandoned(thread) {
      guard let operation = thread.operation, operation.descriptor == nil, operation.stream == nil,
        let (level, call) = callByPath(operation)
      else { continue }
      holdingThreads.insert(thread.number)
      var draft = draft(.abandonedFile, level, of: thread, "\(threads.subject(thread)) \(abandoned) inside \(call)")
      draft.resource = ReportedResource(
        kind: .file, mode: .write, name: operation.path.map(lastComponent), address: nil,
        file: ReportedResource.File(path: operation.path, descriptor: nil, unflushedBytes: nil, unsyncedBytes: nil))
      drafts.append(draft)
    }
  }

  /// A truncation takes bytes away; a rename is done whole or not at all, and a sync writes nothing new, but whoever counts on it
  /// should know.
  private func callByPath(_ operation: RecordedOperation) -> (Level, String)? {
    let path = operation.path.map { "\"\($0)\"" } ?? "a file"
    switch operation.kind {
    case .truncate: return (.error, "a truncation of \(path)")
    case .rename: return (.note, "a rename of \(path)\(operation.target.map { " to \"\($0)\"" } ?? "")")
    case .sync: return (.note, "a sync of every file")
    default: return nil
    }
  }
}
