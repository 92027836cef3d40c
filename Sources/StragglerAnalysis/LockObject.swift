// What a lock's own bytes say of who holds it.
//
// Layouts: glibc for x86-64, sysdeps/nptl/bits/struct_mutex.h and struct_rwlock.h, unchanged from 2.25 to 2.41;
// semaphores: sysdeps/nptl/internaltypes.h, struct new_sem; stdio: sysdeps/nptl/libio stdio-lock.h.

internal import StragglerModel

/// STRAGGLER_OWNER_IN_WORD and STRAGGLER_OWNER_MASK of StragglerArena.h.
private let ownerInWord: UInt32 = 0x5354_5200
private let ownerMask: UInt32 = 0x3FFF_FFFF

/// A copy of a lock's memory.
struct LockObject {
  enum Verdict: Equatable {
    /// The bytes name this holder.
    case held
    /// The lock is free, or another's.
    case denied
    /// The bytes do not say who holds it.
    case unsaid
  }

  let bytes: [UInt8]

  /// What the bytes say of a recorded hold.
  ///
  /// - Parameters:
  ///   - id: The thread id of the recorded holder, as glibc stores it in `__owner`.
  ///   - handle: Its pthread_t, as stdio stores it.
  func verdict(kind: ResourceKind, mode: AccessMode, id: Int32?, handle: UInt64) -> Verdict {
    switch kind {
    case .mutex, .recursiveMutex: mutexVerdict(id: id)
    case .readWriteLock: readWriteVerdict(mode: mode, id: id)
    case .spinLock: spinVerdict
    case .semaphore: semaphoreVerdict
    case .streamLock: streamVerdict(handle: handle)
    default: .unsaid
    }
  }

  /// `__lock` at 0, `__owner` at 8, of the thread runtime's own mutex both in one (StragglerArena.h). A robust mutex whose owner died keeps `__owner`; the kernel puts
  /// FUTEX_OWNER_DIED in the place of the thread id in `__lock`, which stays other than zero.
  func mutexVerdict(id: Int32?) -> Verdict {
    guard let lock = word(at: 0), let owner = word(at: 8) else { return .unsaid }
    guard lock != 0 else { return .denied }
    guard let id else { return .unsaid }
    if word(at: 16) == ownerInWord { return Int32(lock & ownerMask) == id ? .held : .denied }
    return Int32(bitPattern: owner) == id ? .held : .denied
  }

  /// Bit 4 of `__kind` at 16: the kernel or the next taker is told when the owner dies.
  var isRobustMutex: Bool { word(at: 16).map { $0 & 16 != 0 } ?? false }

  /// Bit 0 of `__kind`, PTHREAD_MUTEX_RECURSIVE_NP (the type is in bits 0 and 1).
  var isRecursiveMutex: Bool { word(at: 16).map { $0 & 3 == 1 } ?? false }

  /// Readers are counted above the three phase bits of `__readers` at 0.
  var readerCount: UInt32? { word(at: 0).map { $0 >> 3 } }

  /// `__cur_writer` at 24.
  private func readWriteVerdict(mode: AccessMode, id: Int32?) -> Verdict {
    switch mode {
    case .shared:
      guard let readerCount else { return .unsaid }
      return readerCount > 0 ? .unsaid : .denied
    case .exclusive:
      guard let writer = word(at: 24), let id else { return .unsaid }
      return Int32(bitPattern: writer) == id ? .held : .denied
    }
  }

  /// On x86 a free spin lock is 1; taken it is 0 or less. It names no owner.
  private var spinVerdict: Verdict {
    guard let value = word(at: 0) else { return .unsaid }
    return Int32(bitPattern: value) > 0 ? .denied : .unsaid
  }

  /// The low half of the first eight bytes is the value: above zero, somebody has posted since.
  private var semaphoreVerdict: Verdict {
    guard let value = word(at: 0) else { return .unsaid }
    return value > 0 ? .denied : .unsaid
  }

  /// `_IO_lock_t`: `owner` at 8 is a pthread_t. Its `cnt` changed meaning in 2.37 and is not used.
  private func streamVerdict(handle: UInt64) -> Verdict {
    guard let owner = doubleWord(at: 8) else { return .unsaid }
    return owner == handle && owner != 0 ? .held : .denied
  }

  private func word(at offset: Int) -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    return (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }

  private func doubleWord(at offset: Int) -> UInt64? {
    guard let low = word(at: offset), let high = word(at: offset + 4) else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }
}
