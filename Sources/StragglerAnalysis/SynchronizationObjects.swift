// The objects that a process is known to synchronise with, found by the addresses of their parts.

internal import StragglerModel

/// What a futex word belongs to, and which file locks are of the same file.
struct SynchronizationObjects {
  struct Object: Equatable {
    var address: UInt64
    var kind: ResourceKind
    /// Its bytes, among which the word is: those of a stream's lock are elsewhere than the stream.
    fileprivate var bytes: Range<UInt64>

    fileprivate init?(address: UInt64, kind: ResourceKind, start: UInt64? = nil) {
      let (end, overflow) = (start ?? address).addingReportingOverflow(kind.size)
      guard kind.size > 0, !overflow else { return nil }
      self.address = address
      self.kind = kind
      bytes = (start ?? address)..<end
    }
  }

  /// What no call of the recorder's shows and whose word names its owner, by the word's address.
  let ownedWords: [UInt64: OwnedWord]
  /// Ascending by their bytes, each beginning once.
  private let objects: [Object]
  /// By the address of a file lock: that of a lock on the same file which is held through another descriptor.
  private let heldByFile: [UInt64: UInt64]

  init(_ process: RecordedProcess) {
    let recorded = Self.recordedObjects(in: process)
    ownedWords = OwnedWord.all(in: process) { word in Self.search(recorded, for: word) == nil }
    let owned = ownedWords.compactMap { word, owned in
      owned.isNamedByKernel ? nil : Object(address: word, kind: owned.kind)
    }
    objects = (recorded + owned).sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
    heldByFile = Self.heldFileLocks(in: process)
  }

  private static func recordedObjects(in process: RecordedProcess) -> [Object] {
    var kinds: [UInt64: ResourceKind] = [:]
    var streams: [UInt64: UInt64] = [:]
    for thread in process.threads {
      for hold in thread.holds {
        if hold.kind == .streamLock { streams[hold.word ?? 0] = hold.address } else { kinds[hold.address] = hold.kind }
      }
      guard let wait = thread.wait, wait.kind != .streamLock else { continue }
      kinds[wait.address] = kinds[wait.address] ?? wait.kind
      if let mutex = wait.mutex { kinds[mutex] = kinds[mutex] ?? .mutex }
    }
    streams[0] = nil
    let objects = kinds.compactMap { Object(address: $0, kind: $1) }
    return (objects + streams.compactMap { Object(address: $1, kind: .streamLock, start: $0) })
      .sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
  }

  /// The object that an address is in.
  func containing(_ address: UInt64) -> Object? { Self.search(objects, for: address) }

  private static func search(_ objects: [Object], for address: UInt64) -> Object? {
    var low = 0
    var high = objects.count
    while low < high {
      let middle = (low + high) / 2
      if objects[middle].bytes.lowerBound <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, objects[low - 1].bytes.contains(address) else { return nil }
    return objects[low - 1]
  }

  /// The lock that keeps a lock on the same file out: itself where none does.
  func fileLock(excluding address: UInt64) -> UInt64 { heldByFile[address] ?? address }

  private static func heldFileLocks(in process: RecordedProcess) -> [UInt64: UInt64] {
    let held = Set(process.threads.flatMap(\.holds).filter { $0.kind == .fileLock }.map(\.address))
    let lockable = process.files.filter { $0.path != nil }
    let byPath = Dictionary(grouping: lockable, by: \.path).mapValues { files in
      files.map { fileLockAddress(of: $0.descriptor) }
    }
    var result: [UInt64: UInt64] = [:]
    for locks in byPath.values {
      guard let holding = locks.first(where: held.contains) else { continue }
      for lock in locks where !held.contains(lock) { result[lock] = holding }
    }
    return result
  }
}

extension ResourceKind {
  /// The bytes of libc's object, of which some are a futex: bits/pthreadtypes-arch.h, bits/semaphore.h of glibc for x86-64. 0
  /// for what is no object of libc's.
  fileprivate var size: UInt64 {
    switch self {
    case .mutex, .recursiveMutex: 40
    case .readWriteLock: 56
    case .semaphore, .barrier: 32
    case .condition: 48
    case .once: 4
    case .streamLock: 16
    case .spinLock, .fileLock, .file, .criticalSection, .annotated, .join, .futex, .pipe, .process: 0
    }
  }
}
