// A lock without a value, for where taking and giving back are not in one scope.
//
// `lock` and its like are inlined always for the reason given in Mutex.swift.

internal import CStragglerRecorder
public import Glibc
internal import Synchronization

/// A lock that one thread holds at a time. It has no owner: another thread may give it back. A thread that takes it
/// twice waits for ever.
///
/// Where a lock guards a value, `Mutex` is the better choice. A lock whose holder has ended stays locked, and is
/// reported.
///
/// In Python: `threading.Lock`.
public final class Lock: Sendable {
  /// The lock's name in reports, if it has one.
  public let name: String?

  @usableFromInline nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocateMutex()
  private let isTaken = Atomic<Bool>(false)

  /// Makes a lock that nobody holds.
  ///
  /// - Parameter name: what reports call it.
  public init(name: String? = nil) {
    self.name = name
    if let name { straggler_lock_set_name(mutex, name) }
  }

  deinit {
    // Nobody can give it back any more: that its memory is reused must not look like a lock held for ever.
    if isLocked { pthread_mutex_unlock(mutex) }
    if name != nil { straggler_lock_forget_name(mutex) }
    mutex.destroyMutex()
  }

  /// Whether some thread holds the lock. It may be otherwise by the time the caller looks at the answer.
  ///
  /// In Python: `Lock.locked()`.
  public var isLocked: Bool {
    isTaken.load(ordering: .relaxed)
  }

  /// Takes the lock, blocking until it is free.
  ///
  /// In Python: `Lock.acquire()`.
  @inlinable @inline(always)
  public func lock() {
    stopIfFinalizing()
    pthread_mutex_lock(mutex)
    didLock()
  }

  /// Takes the lock if it is free, without waiting.
  ///
  /// In Python: `Lock.acquire(blocking=False)`.
  ///
  /// - Returns: whether the lock was taken.
  @inlinable @inline(always)
  public func tryLock() -> Bool {
    stopIfFinalizing()
    guard pthread_mutex_trylock(mutex) == 0 else { return false }
    didLock()
    return true
  }

  /// Gives the lock back, in any thread. To give back what nobody holds is a mistake that ends the program.
  ///
  /// In Python: `Lock.release()`, which raises RuntimeError then.
  @inlinable @inline(always)
  public func unlock() {
    willUnlock()
    pthread_mutex_unlock(mutex)
    stopIfFinalizing()
  }

  /// Takes the lock, blocking until it is free, calls `body`, and gives the lock back.
  ///
  /// In Python: `with lock:`.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; the lock is given back before.
  @inlinable @inline(always)
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  @usableFromInline
  func didLock() {
    stopIfFinalizing(holding: mutex)
    isTaken.store(true, ordering: .relaxed)
  }

  @usableFromInline
  func willUnlock() {
    precondition(
      isTaken.exchange(false, ordering: .relaxed),
      "release unlocked lock \(described(name)): unlock() needs a lock() before it")
  }
}
