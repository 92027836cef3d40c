// Taking a lock with a limit of time. It stands apart from Lock.swift, whose inlinable functions must see glibc's
// pthread.h as module Glibc's alone.

internal import CStragglerThreads
internal import Glibc

extension Lock {
  /// Takes the lock, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// In Python: `Lock.acquire(timeout=seconds)`.
  ///
  /// - Returns: whether the lock was taken.
  public func lock(timeout: Duration) -> Bool {
    guard take(within: timeout, by: { straggler_lock_until(mutex, $0) }) else { return false }
    didLock()
    return true
  }
}

extension RecursiveLock {
  /// Takes the lock, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// In Python: `RLock.acquire(timeout=seconds)`.
  ///
  /// - Returns: whether the lock was taken.
  public func lock(timeout: Duration) -> Bool {
    guard take(within: timeout, by: { straggler_lock_until(mutex, $0) }) else { return false }
    stopIfFinalizing(holding: mutex)
    return true
  }
}

extension ReadWriteLock {
  /// Takes the lock for reading, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// - Returns: whether the lock was taken.
  public func lockForReading(timeout: Duration) -> Bool {
    guard take(within: timeout, by: { straggler_read_lock_until(rwlock, $0) }) else { return false }
    didLockForReading()
    return true
  }

  /// Takes the lock for writing, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// - Returns: whether the lock was taken.
  public func lockForWriting(timeout: Duration) -> Bool {
    guard take(within: timeout, by: { straggler_write_lock_until(rwlock, $0) }) else { return false }
    didLockForWriting()
    return true
  }
}

/// Takes a lock by a function of glibc's that waits until an absolute time: 0 is success.
private func take(within timeout: Duration, by function: (UnsafePointer<timespec>) -> Int32) -> Bool {
  stopIfFinalizing()
  if Deadline(after: timeout).wait(function) == 0 { return true }
  stopIfFinalizing()
  return false
}
