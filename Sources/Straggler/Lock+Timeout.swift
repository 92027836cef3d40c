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
    stopIfFinalizing()
    guard Deadline(after: timeout).wait({ straggler_lock_until(mutex, $0) }) == 0 else {
      stopIfFinalizing()
      return false
    }
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
    stopIfFinalizing()
    guard Deadline(after: timeout).wait({ straggler_lock_until(mutex, $0) }) == 0 else {
      stopIfFinalizing()
      return false
    }
    stopIfFinalizing(holding: mutex)
    return true
  }
}

extension ReadWriteLock {
  /// Takes the lock for reading, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// - Returns: whether the lock was taken.
  public func lockForReading(timeout: Duration) -> Bool {
    lock(timeout: timeout, by: straggler_read_lock_until) { didLockForReading() }
  }

  /// Takes the lock for writing, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// - Returns: whether the lock was taken.
  public func lockForWriting(timeout: Duration) -> Bool {
    lock(timeout: timeout, by: straggler_write_lock_until) { didLockForWriting() }
  }

  private func lock(
    timeout: Duration, by take: (UnsafeMutablePointer<pthread_rwlock_t>, UnsafePointer<timespec>) -> Int32,
    then didLock: () -> Void
  ) -> Bool {
    stopIfFinalizing()
    guard Deadline(after: timeout).wait({ take(rwlock, $0) }) == 0 else {
      stopIfFinalizing()
      return false
    }
    didLock()
    return true
  }
}
