// Waiting for a condition, and notifying those who do.

internal import CStragglerRecorder
internal import Glibc

extension Condition {
  /// Gives the lock back, waits until notified, and takes the lock again.
  public func wait() {
    _ = wait(until: nil)
  }

  /// As `wait()`, but at most for `timeout`. A negative timeout is none.
  ///
  /// - Returns: true if the thread was notified.
  public func wait(timeout: Duration) -> Bool {
    wait(until: Deadline(after: timeout))
  }

  /// Waits until `predicate` holds (`wait_for`), which is asked, with the lock held, at first and after every
  /// notification.
  ///
  /// - Throws: what `predicate` throws, with the lock held.
  public func wait<Failure: Error>(until predicate: () throws(Failure) -> Bool) throws(Failure) {
    while try !predicate() { wait() }
  }

  /// As `wait(until:)`, but at most for `timeout`, all waits together.
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

  /// Lets `count` threads go, those that have waited longest; all if fewer wait.
  public func notify(_ count: Int = 1) {
    stopIfFinalizing()
    checkOwner("notify on")
    for waiter in waiters.prefix(max(0, count)) {
      waiter.isNotified = true
      waiter.signal.broadcast()
    }
    waiters.removeFirst(min(max(0, count), waiters.count))
  }

  /// Lets every thread go that waits (`notify_all`).
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
