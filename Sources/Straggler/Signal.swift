// A condition variable whose timed waits follow CLOCK_MONOTONIC, so that setting the wall clock ends none of them.

internal import Glibc

/// A pthread condition variable. What it stands for is guarded by a mutex that every waiter and waker holds.
final class Signal: Sendable {
  /// The condition variable's address: what a report says a thread waits for.
  nonisolated(unsafe) let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    condition = .allocate(capacity: 1)
    initialize()
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  /// Gives `mutex` back, waits for `broadcast` and takes `mutex` again. May return without one: the caller looks again.
  /// No point of cancellation: the thread would end with `mutex` held.
  ///
  /// - Returns: false if `deadline` passed.
  func wait(releasing mutex: UnsafeMutablePointer<pthread_mutex_t>, until deadline: Deadline?) -> Bool {
    withoutCancellation {
      guard let deadline else {
        pthread_cond_wait(condition, mutex)
        return true
      }
      return deadline.wait { pthread_cond_timedwait(condition, mutex, $0) } != ETIMEDOUT
    }
  }

  func broadcast() {
    pthread_cond_broadcast(condition)
  }

  /// Makes the condition variable new in a forked child, where its waiters do not exist: glibc's broadcast would wait
  /// for them to leave.
  func reinitializeAfterFork() {
    initialize()
  }

  private func initialize() {
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    let status = pthread_cond_init(condition, &attributes)
    precondition(status == 0, "pthread_cond_init failed with \(status): it was given a clock that glibc does not know")
    pthread_condattr_destroy(&attributes)
  }
}
