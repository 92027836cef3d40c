// A lock that many readers or one writer hold.
//
// `lockForReading` and its like are inlined always for the reason given in Mutex.swift.

internal import CStragglerRecorder
public import Glibc
internal import Synchronization

/// A lock that any number of readers hold at a time, or one writer. A writer that waits comes before readers that come
/// later.
///
/// A thread that holds it must not take it again: a reader would wait behind a writer that waits for it. It is given back
/// by the thread that took it; that somebody has it is checked, not who.
///
/// Python has none.
public final class ReadWriteLock: Sendable {
  /// The lock's name in reports, if it has one.
  public let name: String?

  @usableFromInline nonisolated(unsafe) let rwlock = UnsafeMutablePointer<pthread_rwlock_t>.allocateLock()
  private let readers = Atomic<Int>(0)
  private let isWriting = Atomic<Bool>(false)

  /// Makes a lock that nobody holds.
  ///
  /// - Parameter name: what reports call it.
  public init(name: String? = nil) {
    self.name = name
    if let name { straggler_lock_set_name(rwlock, name) }
  }

  deinit {
    if name != nil { straggler_lock_forget_name(rwlock) }
    rwlock.destroyLock()
  }

  /// Takes the lock for reading, blocking while a writer has it or waits for it.
  @inlinable @inline(always)
  public func lockForReading() {
    stopIfFinalizing()
    check(pthread_rwlock_rdlock(rwlock))
    didLockForReading()
  }

  /// Takes the lock for reading, if no writer has it or waits for it, without waiting.
  ///
  /// - Returns: whether the lock was taken.
  @inlinable @inline(always)
  public func tryLockForReading() -> Bool {
    stopIfFinalizing()
    guard pthread_rwlock_tryrdlock(rwlock) == 0 else { return false }
    didLockForReading()
    return true
  }

  /// Gives back what was taken for reading. Without that it is a mistake that ends the program.
  @inlinable @inline(always)
  public func unlockForReading() {
    willUnlockForReading()
    pthread_rwlock_unlock(rwlock)
    stopIfFinalizing()
  }

  /// Takes the lock for writing, blocking until nobody has it.
  @inlinable @inline(always)
  public func lockForWriting() {
    stopIfFinalizing()
    check(pthread_rwlock_wrlock(rwlock))
    didLockForWriting()
  }

  /// Takes the lock for writing if nobody has it, without waiting.
  ///
  /// - Returns: whether the lock was taken.
  @inlinable @inline(always)
  public func tryLockForWriting() -> Bool {
    stopIfFinalizing()
    guard pthread_rwlock_trywrlock(rwlock) == 0 else { return false }
    didLockForWriting()
    return true
  }

  /// Gives back what was taken for writing. Without that it is a mistake that ends the program.
  @inlinable @inline(always)
  public func unlockForWriting() {
    willUnlockForWriting()
    pthread_rwlock_unlock(rwlock)
    stopIfFinalizing()
  }

  /// Takes the lock for reading as `lockForReading` does, calls `body`, and gives the lock back.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; the lock is given back before.
  @inlinable @inline(always)
  public func withReadLock<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lockForReading()
    defer { unlockForReading() }
    return try body()
  }

  /// Takes the lock for writing as `lockForWriting` does, calls `body`, and gives the lock back.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; the lock is given back before.
  @inlinable @inline(always)
  public func withWriteLock<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lockForWriting()
    defer { unlockForWriting() }
    return try body()
  }

  /// glibc refuses what would wait for itself for ever.
  @usableFromInline
  func check(_ status: Int32) {
    precondition(
      status == 0,
      "cannot take read-write lock \(described(name)): \(String(cString: strerror(status))); the calling thread has it")
  }

  @usableFromInline
  func didLockForReading() {
    stopIfFinalizing(holding: rwlock)
    readers.add(1, ordering: .relaxed)
  }

  @usableFromInline
  func didLockForWriting() {
    stopIfFinalizing(holding: rwlock)
    isWriting.store(true, ordering: .relaxed)
  }

  @usableFromInline
  func willUnlockForReading() {
    let before = readers.subtract(1, ordering: .relaxed).oldValue
    precondition(before > 0, "release of read-write lock \(described(name)) for reading: no reader has it")
  }

  @usableFromInline
  func willUnlockForWriting() {
    precondition(
      isWriting.exchange(false, ordering: .relaxed),
      "release of read-write lock \(described(name)) for writing: no writer has it")
  }
}
