// Reading the memory of an observed process from outside, while it is there.

internal import CStragglerSystem
internal import Glibc
internal import StragglerModel

/// One process's memory: process_vm_readv(2), allowed for what we started and what that started.
struct ProcessMemory {
  /// The most bytes that one lock of glibc's needs (pthread_rwlock_t has 56).
  static let objectSize = 64
  /// A copy goes in parts of this many bytes: 16 pages, a bound of the C side.
  private static let part = 64 * 1024
  /// In struct _IO_FILE: the address of its lock (object.c).
  private static let streamLockPointer: UInt64 = 136

  /// A thread of it that lives: a main thread that left by pthread_exit has neither memory nor descriptors any more.
  let threadID: Int32

  init(processID: Int32) {
    let others = ProcessTree.hasEnded(processID) ? ProcFile.numbers(in: "/proc/\(processID)/task") : []
    threadID = others.first { $0 != processID } ?? processID
  }

  /// What could be read up to the first hole; nil where not even the first byte could.
  func bytes(at address: UInt64, count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var buffer = [UInt8](repeating: 0, count: min(count - bytes.count, Self.part))
      var copied = 0
      let from = address &+ UInt64(bytes.count)
      let error = straggler_system_memory_read(threadID, from, &buffer, buffer.count, &copied)
      guard error == 0, copied > 0 else { break }
      bytes += buffer.prefix(copied)
      if copied < buffer.count { break }
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Fills in what the locks' own bytes are now, where the record has none: without a freeze nobody has read them.
  func readObjects(of process: inout RecordedProcess) {
    // Where nothing can be read at all, a lock that can't be read says nothing.
    guard isReadable(process) else { return }
    for thread in process.threads.indices {
      for hold in process.threads[thread].holds.indices { readObject(of: &process.threads[thread].holds[hold]) }
      if let transit = process.threads[thread].transit, transit.object == .notRead {
        process.threads[thread].transit?.object = object(at: transit.address)
      }
    }
    readFileLocks(of: &process)
  }

  /// What tells whether one descriptor's lock keeps another one's out, of all that are locked or are to be.
  private func readFileLocks(of process: inout RecordedProcess) {
    let locks =
      process.threads.flatMap(\.holds).filter { $0.kind == .fileLock }.map(\.address)
      + process.threads.compactMap(\.wait).filter { $0.kind == .fileLock }.map(\.address)
    let descriptors = Set(locks.map { Int32(truncatingIfNeeded: $0) })
    for index in process.files.indices where descriptors.contains(process.files[index].descriptor) {
      process.files[index].lockState = lockState(of: process.files[index].descriptor)
    }
  }

  /// "lock: 1: FLOCK  ADVISORY  WRITE 4711 00:1f:4712 0 EOF" (proc(5), /proc/PID/fdinfo).
  private func lockState(of descriptor: Int32) -> RecordedFile.LockState? {
    var status = stat()
    guard fstatat(AT_FDCWD, "/proc/\(threadID)/fd/\(descriptor)", &status, 0) == 0,
      let lines = ProcFile.read("/proc/\(threadID)/fdinfo/\(descriptor)")?.split(separator: "\n")
    else { return nil }
    let isFlocked = lines.contains { $0.hasPrefix("lock:") && $0.contains(" FLOCK ") }
    return RecordedFile.LockState(device: UInt64(status.st_dev), inode: UInt64(status.st_ino), isFlocked: isFlocked)
  }

  /// The memory of another language's lock is no lock of libc's; a file's lock is the kernel's, which lists those of an open
  /// file.
  private func readObject(of hold: inout RecordedHold) {
    guard hold.object == .notRead, !hold.annotated else { return }
    if hold.kind == .fileLock {
      let descriptor = UInt32(truncatingIfNeeded: hold.address)
      guard let lines = ProcFile.read("/proc/\(threadID)/fdinfo/\(descriptor)")?.split(separator: "\n") else { return }
      let isLocked = lines.contains { $0.hasPrefix("lock:") }
      hold.waiting = hold.waiting && !isLocked
      if !isLocked { hold.object = .gone }
    } else if hold.kind == .streamLock {
      hold.word = word(at: hold.address &+ Self.streamLockPointer)
      hold.object = hold.word.map(object(at:)) ?? .gone
    } else {
      hold.object = object(at: hold.address)
    }
  }

  /// Eight bytes; nil where they can't be read.
  func word(at address: UInt64) -> UInt64? {
    guard let bytes = bytes(at: address, count: 8), bytes.count == 8 else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The text up to its NUL; nil where it can't be read, or has no end.
  func text(at address: UInt64) -> String? {
    guard let bytes = bytes(at: address, count: Int(PATH_MAX)), let end = bytes.firstIndex(of: 0) else { return nil }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  private func object(at address: UInt64) -> RecordedHold.Object {
    bytes(at: address, count: Self.objectSize).map { .bytes($0) } ?? .gone
  }

  /// Whether this process may be read: its own executable's first mapped byte always can be.
  private func isReadable(_ process: RecordedProcess) -> Bool {
    process.modules.contains { bytes(at: $0.range.lowerBound, count: 1) != nil }
  }
}

extension RecordedOperation {
  /// Looks up what the call goes by, where the recorder itself has not.
  mutating func readPaths(_ memory: ProcessMemory) {
    path = path ?? pathAddress.flatMap(memory.text(at:))
    target = target ?? targetAddress.flatMap(memory.text(at:))
  }
}
