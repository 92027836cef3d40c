// Locks that nobody sees being taken, and that name their owner: they are known as soon as somebody waits for one.

internal import StragglerModel

/// Who has the lock that a futex's word is part of.
struct OwnedWord: Equatable {
  /// The owner's number.
  var thread: Int
  var kind: ResourceKind
  /// The word of a priority-inheriting futex (Synchronization.Mutex), not the bytes behind an ordinary one.
  var isNamedByKernel: Bool

  /// By the word's address.
  /// - Parameter isUnknown: whether no recorded object has this word.
  static func all(in process: RecordedProcess, where isUnknown: (UInt64) -> Bool) -> [UInt64: OwnedWord] {
    let owners = Owners(process)
    var words: [UInt64: OwnedWord] = [:]
    for thread in process.threads where thread.isLiving {
      guard let stop = thread.stop, case .futex(let word?, let owner, _) = BlockedCall(stop), words[word] == nil else {
        continue
      }
      if let owner {
        words[word] = owners.byID[owner].map { OwnedWord(thread: $0, kind: .mutex, isNamedByKernel: true) }
      } else if let call = stop.systemCall, call.waitsAsForLock, let next = call.futexOwner, isUnknown(word) {
        // Both kinds are recursive: no thread ever waits for its own.
        words[word] = owners.owner(of: word, next: next).flatMap { $0.thread == thread.number ? nil : $0 }
      }
    }
    return words
  }
}

/// The living threads of a process, by what locks call them.
private struct Owners {
  let byID: [Int32: Int]
  private let byHandle: [UInt64: Int]
  private let loader: Range<UInt64>?

  init(_ process: RecordedProcess) {
    let living = process.threads.filter(\.isLiving)
    byID = Dictionary(
      living.compactMap { thread in thread.id.map { ($0, thread.number) } }, uniquingKeysWith: { first, _ in first })
    byHandle = Dictionary(
      living.filter { $0.handle != 0 }.map { ($0.handle, $0.number) }, uniquingKeysWith: { first, _ in first })
    loader = process.modules.first { lastComponent($0.path).hasPrefix("ld-linux") }?.range
  }

  /// - Parameter next: what stands 8 bytes after the word.
  func owner(of word: UInt64, next: UInt64) -> OwnedWord? {
    // stdio's _IO_lock_t: its owner is a pthread_t, the address of that thread's own block, which nothing else looks like.
    if let thread = byHandle[next] { return OwnedWord(thread: thread, kind: .streamLock, isNamedByKernel: false) }
    // A mutex has the kernel's id there, a small number like any other: only of the loader's own locks is it known that they
    // are recursive mutexes (glibc, sysdeps/generic/ldsodefs.h, struct rtld_global).
    guard loader?.contains(word) == true, let thread = byID[Int32(truncatingIfNeeded: next)] else { return nil }
    return OwnedWord(thread: thread, kind: .recursiveMutex, isNamedByKernel: false)
  }
}

extension RecordedStop.SystemCall {
  /// A lock of glibc's is waited for as long as its word is 2: locked, and somebody waits (lowlevellock.h). A word that is waited
  /// for in another way is no lock, whatever stands behind it: a thread's own flag, beside that thread's handle.
  fileprivate var waitsAsForLock: Bool { arguments.count > 2 && UInt32(truncatingIfNeeded: arguments[2]) == 2 }
}
