// The pthread locks that stand behind the module's locks: how they are made, and what they say of themselves.

internal import CStragglerLocks
internal import CStragglerThreads
internal import Glibc

/// What a pthread mutex does for a thread that holds it already, and for one that gives it back and does not.
enum PthreadMutexKind {
  /// Taking it twice blocks, and glibc lets another thread than its owner give it back.
  case normal
  /// Both are refused.
  case checked
  /// It may be taken again.
  case recursive

  fileprivate var number: Int32 {
    switch self {
    case .normal: Int32(PTHREAD_MUTEX_NORMAL)
    case .checked: Int32(PTHREAD_MUTEX_ERRORCHECK)
    case .recursive: Int32(PTHREAD_MUTEX_RECURSIVE)
    }
  }
}

extension UnsafeMutablePointer where Pointee == pthread_mutex_t {
  /// Makes the memory a mutex of this kind.
  func initializeMutex(kind: PthreadMutexKind = .normal) {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, kind.number)
    let status = pthread_mutex_init(self, &attributes)
    precondition(status == 0, "pthread_mutex_init failed with \(status): it was given a kind that glibc does not know")
    pthread_mutexattr_destroy(&attributes)
  }

  /// A new mutex at an address that stays the same until `destroyMutex`.
  static func allocateMutex(kind: PthreadMutexKind = .normal) -> Self {
    let mutex = straggler_mutex_allocate().assumingMemoryBound(to: pthread_mutex_t.self)
    mutex.initializeMutex(kind: kind)
    return mutex
  }

  /// Ends a mutex from `allocateMutex`, which nobody may hold.
  func destroyMutex() {
    pthread_mutex_destroy(self)
    straggler_lock_deallocate(self)
  }

  /// The kernel's id of the thread that holds the mutex, by glibc's own word; 0 if none does. Others may be changing
  /// it: only the owner itself gets an answer that stays true.
  var owner: Int32 {
    straggler_mutex_owner(self)
  }

  /// How often its owner has taken a recursive mutex.
  var depth: Int {
    Int(straggler_mutex_depth(self))
  }

  /// Whether the calling thread holds the mutex.
  var isOwnedByCaller: Bool {
    owner == straggler_kernel_thread_id()
  }
}

extension UnsafeMutablePointer where Pointee == pthread_rwlock_t {
  /// A new read-write lock at an address that stays the same until `destroyLock`.
  static func allocateLock() -> Self {
    let lock = straggler_rwlock_allocate().assumingMemoryBound(to: pthread_rwlock_t.self)
    let status = straggler_rwlock_init(lock)
    precondition(status == 0, "pthread_rwlock_init failed with \(status): it was given a kind that glibc does not know")
    return lock
  }

  /// Ends a lock from `allocateLock`, which nobody may hold.
  func destroyLock() {
    pthread_rwlock_destroy(self)
    straggler_lock_deallocate(self)
  }
}

/// A name as messages show it.
func described(_ name: String?) -> String {
  name.map { "\"\($0)\"" } ?? "without a name"
}
