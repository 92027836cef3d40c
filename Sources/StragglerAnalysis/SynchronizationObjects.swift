// The objects that a process is known to synchronise with, found by the addresses of their parts.

internal import StragglerModel

/// What a futex word belongs to, and which file locks are of the same file.
struct SynchronizationObjects {
  struct Object: Equatable {
    var address: UInt64
    var kind: ResourceKind
  }

  /// Ascending by address, each address once.
  private let objects: [Object]
  /// By the address of a file lock: that of a lock on the same file which is held through another descriptor.
  private let heldByFile: [UInt64: UInt64]

  init(_ process: RecordedProcess) {
    var kinds: [UInt64: ResourceKind] = [:]
    for thread in process.threads {
      for hold in thread.holds { kinds[hold.address] = hold.kind }
      guard let wait = thread.wait else { continue }
      kinds[wait.address] = kinds[wait.address] ?? wait.kind
      if let mutex = wait.mutex { kinds[mutex] = kinds[mutex] ?? .mutex }
    }
    objects = kinds.map { Object(address: $0, kind: $1) }.filter { $0.kind.size > 0 }
      .sorted { $0.address < $1.address }
    heldByFile = Self.heldFileLocks(in: process)
  }

  /// The object that an address is in.
  func containing(_ address: UInt64) -> Object? {
    var low = 0
    var high = objects.count
    while low < high {
      let middle = (low + high) / 2
      if objects[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, address - objects[low - 1].address < objects[low - 1].kind.size else { return nil }
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
    case .spinLock, .streamLock, .fileLock, .file, .criticalSection, .annotated, .join, .futex, .pipe, .process: 0
    }
  }
}
