// A lock that its owner may take again.
//
// `lock` and its like are inlined always for the reason given in Mutex.swift.

internal import CStragglerRecorder
public import Glibc

/// A lock that the thread which holds it may take again, and must give back as often.
///
/// It has an owner: another thread cannot give it back. A lock whose owner has ended stays locked, and is reported.
///
/// In Python: `threading.RLock`.
public final class RecursiveLock: Sendable {
  /// The lock's name in reports, if it has one.
  public let name: String?

  @usableFromInline nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Makes a lock that nobody holds.
  ///
  /// - Parameter name: what reports call it.
  public init(name: String? = nil) {
    self.name = name
    mutex = .allocateMutex(kind: .recursive)
    if let name { straggler_lock_set_name(mutex, name) }
  }

  deinit {
    if name != nil { straggler_lock_forget_name(mutex) }
    mutex.destroyMutex()
  }

  /// How often the thread that holds the lock has taken it; 0 if nobody holds it. It may be otherwise by the time the
  /// caller looks at the answer, unless the caller holds the lock.
  public var depth: Int {
    mutex.owner == 0 ? 0 : mutex.depth
  }

  /// Whether the calling thread holds the lock.
  ///
  /// In Python: `RLock._is_owned()`, which is not public there.
  public var isOwned: Bool {
    mutex.isOwnedByCaller
  }

  /// Takes the lock, blocking until it is free or the caller's own.
  ///
  /// In Python: `RLock.acquire()`.
  @inlinable @inline(always)
  public func lock() {
    stopIfFinalizing()
    pthread_mutex_lock(mutex)
    stopIfFinalizing(holding: mutex)
  }

  /// Takes the lock if it is free or the caller's own, without waiting.
  ///
  /// In Python: `RLock.acquire(blocking=False)`.
  ///
  /// - Returns: whether the lock was taken.
  @inlinable @inline(always)
  public func tryLock() -> Bool {
    stopIfFinalizing()
    guard pthread_mutex_trylock(mutex) == 0 else { return false }
    stopIfFinalizing(holding: mutex)
    return true
  }

  /// Gives the lock back once. For another thread than its owner to do so is a mistake that ends the program.
  ///
  /// In Python: `RLock.release()`, which raises RuntimeError then.
  @inlinable @inline(always)
  public func unlock() {
    checkOwner()
    pthread_mutex_unlock(mutex)
    stopIfFinalizing()
  }

  /// Takes the lock as `lock` does, calls `body`, and gives the lock back.
  ///
  /// In Python: `with rlock:`.
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
  func checkOwner() {
    precondition(
      mutex.isOwnedByCaller,
      "cannot release un-acquired lock \(described(name)): the calling thread does not hold it")
  }
}

extension RecursiveLock: CustomStringConvertible {
  /// The name, and how often which thread of the kernel has taken it: `RecursiveLock("tree", owner 4711, depth 2)`.
  public var description: String {
    let owner = mutex.owner
    let holder = owner == 0 ? "unlocked" : "owner \(owner), depth \(depth)"
    return "RecursiveLock(\(described(name)), \(holder))"
  }
}
