// Allocation of the pthread mutexes that stand behind Mutex, Lock and the runtime's own state.

internal import Glibc

extension UnsafeMutablePointer where Pointee == pthread_mutex_t {
  /// Makes the memory a mutex of the kind PTHREAD_MUTEX_NORMAL: taking it twice in one thread blocks, and glibc lets
  /// another thread than its owner give it back.
  func initializeMutex() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_NORMAL))
    let status = pthread_mutex_init(self, &attributes)
    precondition(status == 0, "pthread_mutex_init failed with \(status): it was given a kind that glibc does not know")
    pthread_mutexattr_destroy(&attributes)
  }

  /// A new mutex at an address that stays the same until `destroyMutex`.
  static func allocateMutex() -> Self {
    let mutex = allocate(capacity: 1)
    mutex.initializeMutex()
    return mutex
  }

  /// Ends a mutex from `allocateMutex`, which nobody may hold.
  func destroyMutex() {
    pthread_mutex_destroy(self)
    deallocate()
  }
}
