// The cut-off: once the exit is finalizing, a daemon that comes to an operation of the runtime stops there for good.
//
// The runtime's operations ask before they begin, and again when they have waited. Operations that give something back
// (unlock, leaving a section) do so first: a daemon stops without what it was about to give back.

public import CStragglerLocks
public import Glibc
internal import Synchronization

/// Returns, or stops the calling thread for good if it is a daemon and the exit is finalizing.
@usableFromInline
func stopIfFinalizing() {
  guard straggler_is_finalizing(), isCallerAbandoned() else { return }
  stopForGood()
}

/// To be called with a mutex that was just taken: a daemon that got it from the exiting thread gives it back and stops,
/// because nobody could take it after that.
@usableFromInline
func stopIfFinalizing(holding mutex: UnsafeMutablePointer<pthread_mutex_t>) {
  guard straggler_is_finalizing(), isCallerAbandoned() else { return }
  pthread_mutex_unlock(mutex)
  stopForGood()
}

/// As for a pthread mutex.
@usableFromInline
func stopIfFinalizing(holding mutex: UnsafeMutablePointer<StragglerMutex>) {
  guard straggler_is_finalizing(), isCallerAbandoned() else { return }
  _ = straggler_mutex_unlock(mutex)
  stopForGood()
}

/// Whether exit goes on without the calling thread. Threads that the runtime did not start are not its to stop: a
/// library may still wait for them in its destructors.
func isCallerAbandoned() -> Bool {
  guard let thread = Thread.currentIfKnown, thread.origin == .runtime else { return false }
  return thread.daemon && !thread.isExiting.load(ordering: .relaxed)
}

/// Waits for the end of the process. A signal handler may still run in this thread.
func stopForGood() -> Never {
  while true { pause() }
}

/// As for a mutex: a daemon gives back a read-write lock that it was just given, and stops.
func stopIfFinalizing(holding lock: UnsafeMutablePointer<pthread_rwlock_t>) {
  guard straggler_is_finalizing(), isCallerAbandoned() else { return }
  pthread_rwlock_unlock(lock)
  stopForGood()
}
