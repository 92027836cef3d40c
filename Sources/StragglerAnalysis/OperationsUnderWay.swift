// Calls on open files that abandoned threads stand in.

internal import StragglerModel

/// Each thread by the descriptor and the stream that its call is on.
struct OperationsUnderWay {
  private enum Place: Hashable {
    case descriptor(Int32)
    case stream(UInt64)
  }

  private var writers: [Place: RecordedThread] = [:]
  private var closers: [Place: RecordedThread] = [:]
  private var syncers: [Place: RecordedThread] = [:]

  init(_ facts: ProcessFacts) {
    for thread in facts.process.threads where facts.isAbandoned(thread) {
      guard let operation = thread.operation else { continue }
      switch operation.kind {
      // Cut off in the middle of it, a file may be half-written.
      case .write, .streamWrite, .flush, .truncate: Self.add(thread, operation, to: &writers)
      // fclose writes what is in the buffer.
      case .close: Self.add(thread, operation, to: &closers)
      // Nothing new is written.
      case .sync: Self.add(thread, operation, to: &syncers)
      // Goes by paths, and is done whole or not at all.
      case .rename: break
      }
    }
  }

  private static func add(
    _ thread: RecordedThread, _ operation: RecordedOperation, to threads: inout [Place: RecordedThread]
  ) {
    if let stream = operation.stream { threads[.stream(stream)] = thread }
    if let descriptor = operation.descriptor { threads[.descriptor(descriptor)] = thread }
  }

  func writer(of file: RecordedFile) -> RecordedThread? { thread(at: file, in: writers) }
  func closer(of file: RecordedFile) -> RecordedThread? { thread(at: file, in: closers) }
  func syncer(of file: RecordedFile) -> RecordedThread? { thread(at: file, in: syncers) }

  /// By its stream, where it has one: a descriptor's number is another file's as soon as fclose has given it back, before the call
  /// returns.
  private func thread(at file: RecordedFile, in threads: [Place: RecordedThread]) -> RecordedThread? {
    if let stream = file.stream, let thread = threads[.stream(stream)] { return thread }
    guard let thread = threads[.descriptor(file.descriptor)] else { return nil }
    let isOfAnother = file.stream != nil && thread.operation?.stream != nil
    return isOfAnother ? nil : thread
  }
}
