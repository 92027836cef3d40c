// Waiting for a condition, and notifying those who do.

internal import CStragglerRecorder
internal import Glibc

extension Condition {
  /// Gives the lock back, blocks until notified, and takes the lock again.
  ///
  /// In Python: `Condition.wait()`.
  public func wait() {
    _ = wait(until: nil)
  }

  /// As `wait()`, but at most for `timeout`. A negative timeout is zero. To take the lock again may take longer.
  ///
  /// In Python: `Condition.wait(timeout)`, in seconds.
  ///
  /// - Returns: true if the thread was notified.
  public func wait(timeout: Duration) -> Bool {
    wait(until: Deadline(after: timeout))
  }

  /// Blocks until `predicate` holds, which is asked, with the lock held, at first and after every notification.
  ///
  /// In Python: `Condition.wait_for(predicate)`.
  ///
  /// - Throws: what `predicate` throws, with the lock held.
  public func wait<Failure: Error>(until predicate: () throws(Failure) -> Bool) throws(Failure) {
    while try !predicate() { wait() }
  }

  /// As `wait(until:)`, but at most for `timeout`, all waits together. A negative timeout is zero.
  ///
  /// In Python: `Condition.wait_for(predicate, timeout)`, in seconds.
  ///
  /// - Returns: what `predicate` said last.
  /// - Throws: what `predicate` throws, with the lock held.
  public func wait<Failure: Error>(
    timeout: Duration, until predicate: () throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    let deadline = Deadline(after: timeout)
    while try !predicate() {
      guard wait(until: deadline) else { return try predicate() }
    }
    return true
  }

  /// Lets `count` threads go, those that have waited longest; all if fewer wait, none if `count` is not positive. Does
  /// not wait: they go on once the caller gives the lock back.
  ///
  /// In Python: `Condition.notify(n)`.
  public func notify(_ count: Int = 1) {
    // No daemon stops here, where it holds the lock: giving that back stops it.
    checkOwner("notify on")
    for waiter in waiters.prefix(max(0, count)) {
      waiter.isNotified = true
      waiter.signal.broadcast()
    }
    waiters.removeFirst(min(max(0, count), waiters.count))
  }

  /// Lets every thread go that waits. Does not wait itself.
  ///
  /// In Python: `Condition.notify_all()`.
  public func notifyAll() {
    notify(.max)
  }

  private func wait(until deadline: Deadline?) -> Bool {
    checkOwner("wait on")
    let waiter = Waiter()
    waiters.append(waiter)
    // Each waits on a condition variable of its own; what is reported is the condition that has the name.
    straggler_wait_begin_condition(mutex, deadline != nil)
    var isInTime = true
    while !waiter.isNotified, isInTime {
      isInTime = waiter.signal.wait(releasing: mutex, until: deadline)
    }
    straggler_wait_end()
    if !waiter.isNotified { waiters.removeAll { $0 === waiter } }
    stopIfFinalizing(holding: mutex)
    return waiter.isNotified
  }
}
