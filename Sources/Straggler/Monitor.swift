// A mutex with the one condition that is waited for under it: what Barrier, Future and the pool's queue stand on.

internal import CStragglerRecorder
internal import Glibc

/// State that threads change and wait for. Whoever waits is said to wait for a condition of the monitor's name.
final class Monitor: Sendable {
  let name: String?

  private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocateMutex()
  private let changed = Signal()

  init(name: String?) {
    self.name = name
    if let name { straggler_lock_set_name(changed.condition, name) }
  }

  deinit {
    if name != nil { straggler_lock_forget_name(changed.condition) }
    mutex.destroyMutex()
  }

  /// Runs `body` with the mutex held. No code of the program may run inside.
  func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Waits, with the mutex held, until `isOver` says so, which is asked after every `broadcast`.
  ///
  /// - Returns: false if `deadline` passed before.
  func wait(until deadline: Deadline?, _ isOver: () -> Bool) -> Bool {
    var isInTime = true
    while !isOver() {
      guard isInTime else { return false }
      isInTime = changed.wait(releasing: mutex, until: deadline)
    }
    return true
  }

  /// Takes the mutex if nobody has it.
  func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

  /// Gives back what `tryLock` took.
  func unlock() {
    pthread_mutex_unlock(mutex)
  }

  /// Forgets the waiters, of which none exist in a forked child. To be called there, with the mutex held.
  func reinitializeAfterFork() {
    changed.reinitializeAfterFork()
  }

  /// Lets every waiter look again. To be called with the mutex held.
  func broadcast() {
    changed.broadcast()
  }
}
