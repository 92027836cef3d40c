// A lock with threads that wait, each in its turn, for what it guards to change.
//
// `lock` and `withLock` are inlined always for the reason given in Mutex.swift.

internal import CStragglerRecorder
public import Glibc

/// A lock, and the threads that wait for a change of what it guards.
///
/// `wait` and `notify` may be called only with the lock held; anything else is a mistake that ends the program, as is
/// taking the lock twice (Python's default lock may be taken again). Threads are notified in the order in which they
/// began to wait, and none wakes without being notified. The lock belongs to the thread that took it: no other gives it
/// back.
///
/// In Python: `threading.Condition`.
public final class Condition: Sendable {
  /// The name of the lock, and of what is waited for, in reports.
  public let name: String?

  @usableFromInline nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// The longest waiting first. Guarded by `mutex`.
  nonisolated(unsafe) var waiters: [Waiter] = []

  /// One thread in `wait`.
  final class Waiter {
    let signal = Signal()
    var isNotified = false
  }

  /// Makes a condition whose lock nobody holds.
  ///
  /// - Parameter name: what reports call its lock, and the wait for it.
  public init(name: String? = nil) {
    self.name = name
    mutex = .allocateMutex(kind: .checked)
    if let name { straggler_lock_set_name(mutex, name) }
  }

  deinit {
    if name != nil { straggler_lock_forget_name(mutex) }
    mutex.destroyMutex()
  }

  /// Takes the lock, blocking until it is free. To take it twice in one thread is a mistake that ends the program.
  ///
  /// In Python: `Condition.acquire()`.
  @inlinable @inline(always)
  public func lock() {
    stopIfFinalizing()
    check(pthread_mutex_lock(mutex))
    stopIfFinalizing(holding: mutex)
  }

  /// Gives the lock back. To do so in a thread that does not hold it is a mistake that ends the program.
  ///
  /// In Python: `Condition.release()`.
  @inlinable @inline(always)
  public func unlock() {
    checkOwner("release")
    pthread_mutex_unlock(mutex)
    stopIfFinalizing()
  }

  /// Takes the lock, blocking until it is free, calls `body`, and gives the lock back.
  ///
  /// In Python: `with condition:`.
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

  /// Whether the calling thread holds the lock.
  public var isOwned: Bool {
    mutex.isOwnedByCaller
  }

  @usableFromInline
  func check(_ status: Int32) {
    precondition(status == 0, "cannot take the lock of condition \(described(name)) twice in one thread")
  }

  @usableFromInline
  func checkOwner(_ operation: String) {
    precondition(
      mutex.isOwnedByCaller,
      "cannot \(operation) un-acquired lock of condition \(described(name)): the calling thread does not hold it")
  }
}
