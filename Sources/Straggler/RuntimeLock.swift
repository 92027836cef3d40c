// The one lock of the runtime's own state, and the cells that can be reached only with it held.
//
// One lock for all threads is enough: it is taken a handful of times in a thread's life, and for a few instructions. It
// is a pthread mutex, not Synchronization.Mutex, because a forked child needs it taken across the fork, a join needs to
// wait on it, and ThreadSanitizer understands it.

internal import CStragglerThreads
internal import Glibc

/// The lock of everything in a `Guarded` cell.
final class RuntimeLock: Sendable {
  private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocateMutex()

  /// The proof that the lock is held, without which no `Guarded` cell opens. It is of use only inside `withLock`.
  struct Held {
    fileprivate init() {}
  }

  deinit {
    mutex.destroyMutex()
  }

  /// Runs `body` with the lock held. No code of the program may run inside.
  func withLock<Result>(_ body: (Held) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(Held())
  }

  /// Whether the calling thread holds the lock, which only a signal's handler can find: it came in the middle of `withLock`.
  var isHeldByCaller: Bool { straggler_mutex_owner(mutex) == straggler_kernel_thread_id() }

  /// Gives the lock back until `signal` is broadcast. False if `deadline` passed.
  func wait(for signal: Signal, until deadline: Deadline?, _ held: Held) -> Bool {
    signal.wait(releasing: mutex, until: deadline)
  }

  /// Takes the lock before a fork, so that the child finds the state whole; gives it back and tries again until `isReady`.
  func lockBeforeFork(_ isReady: (Held) -> Bool) {
    pthread_mutex_lock(mutex)
    while !isReady(Held()) {
      pthread_mutex_unlock(mutex)
      sched_yield()
      pthread_mutex_lock(mutex)
    }
  }

  /// Runs `body` in the parent, with the lock that `lockBeforeFork` took, then gives it back.
  func unlockInParent(after body: (Held) -> Void) {
    body(Held())
    pthread_mutex_unlock(mutex)
  }

  /// Runs `body` in the child, with the lock that `lockBeforeFork` took, then gives it back.
  func unlockInChild(after body: (Held) -> Void) {
    body(Held())
    pthread_mutex_unlock(mutex)
  }
}

/// A value that is read and written only with the runtime's lock held, which the `Held` it asks for proves.
final class Guarded<Value>: @unchecked Sendable {
  private var value: Value

  init(_ value: Value) {
    self.value = value
  }

  subscript(_ held: RuntimeLock.Held) -> Value {
    get { value }
    _modify { yield &value }
  }
}
