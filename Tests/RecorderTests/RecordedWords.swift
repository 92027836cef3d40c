// A record in words, so that an expectation reads like what it means.

internal import StragglerModel
internal import Testing

extension ProgramRun {
  /// What a thread holds, oldest first, such as `recursive-mutex m x3` or `read-write-lock l shared`.
  func holds(_ thread: RecordedThread) -> [String] {
    thread.holds.map { hold in
      var words = [hold.kind.word, names[hold.address] ?? "unnamed"]
      if hold.mode == .shared { words.append("shared") }
      if hold.depth != 1 { words.append("x\(hold.depth)") }
      if hold.robust { words.append("robust") }
      if hold.waiting { words.append("waiting") }
      return words.joined(separator: " ")
    }
  }

  /// What the main thread holds.
  var mainHolds: [String] {
    get throws { holds(try process.main) }
  }

  /// What a thread is blocked on, such as `condition c with m` or `read-write-lock l shared timed`.
  func wait(_ thread: RecordedThread) -> String? {
    thread.wait.map { wait in
      var words = [wait.kind.word, names[wait.address] ?? "unnamed"]
      if wait.mode == .shared { words.append("shared") }
      if let mutex = wait.mutex { words += ["with", names[mutex] ?? "unnamed"] }
      if wait.timed { words.append("timed") }
      return words.joined(separator: " ")
    }
  }
}

extension RecordedProcess {
  var main: RecordedThread {
    get throws { try #require(threads.first { $0.isMain }) }
  }

  func thread(named name: String) throws -> RecordedThread {
    try #require(threads.first { $0.name == name }, "\(threads.map(\.name))")
  }

  /// The threads that were cut off: alive at the end, besides the one that exits.
  var abandoned: [RecordedThread] {
    threads.filter { $0.lifecycle != .ended(joined: true) && $0.lifecycle != .ended(joined: false) }
      .filter { !$0.exiting && !$0.vanished }
  }

  /// The threads that ended and that nobody joined.
  var unjoined: [RecordedThread] {
    threads.filter { $0.lifecycle == .ended(joined: false) && !$0.isMain }
  }

  func file(_ name: String) throws -> RecordedFile {
    try #require(files.first { $0.path?.hasSuffix(name) == true }, "\(files.map(\.path))")
  }
}

extension RecordedHold {
  /// The owner field of a mutex as it was at the freeze: glibc's __pthread_mutex_s, a 32-bit thread id at offset 8.
  var mutexOwner: Int32? { objectWord(at: 8) }

  /// The word at a lock's beginning: of a robust mutex its holder's thread id.
  var lockWord: Int32? { objectWord(at: 0) }

  private func objectWord(at offset: Int) -> Int32? {
    guard case .bytes(let bytes) = object, bytes.count >= offset + 4 else { return nil }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int32.self) }
  }
}

extension ResourceKind {
  fileprivate var word: String {
    switch self {
    case .mutex: "mutex"
    case .recursiveMutex: "recursive-mutex"
    case .readWriteLock: "read-write-lock"
    case .spinLock: "spin-lock"
    case .streamLock: "stream-lock"
    case .fileLock: "file-lock"
    case .condition: "condition"
    case .join: "join"
    default: "\(self)"
    }
  }
}
