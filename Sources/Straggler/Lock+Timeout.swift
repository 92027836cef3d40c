// Taking a lock with a limit of time. It stands apart from Lock.swift, whose inlinable functions must see glibc's
// pthread.h as module Glibc's alone.

internal import CStragglerThreads
internal import Glibc

extension Lock {
  /// Takes the lock, waiting at most for `timeout`. A negative timeout is none.
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
