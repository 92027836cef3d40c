// A value with its lock: Synchronization.Mutex's interface, on a lock that the recorder sees.
//
// The standard library's mutex makes no library call while nobody contends for it, so that no recorder sees it.
//
// `withLock` is inlined always, which `@inline(always)` means for debug builds too (SE-0496): only a few hundred bytes
// of stack are recorded where a lock is taken, and they are to be the program's own.

public import CStragglerLocks
internal import CStragglerRecorder

/// A value that can be reached only with its lock held.
///
/// The interface is that of `Synchronization.Mutex`, plus a name for reports. A thread that takes it twice waits for
/// ever. It may be used from any thread. Where Synchronization is imported too, write `Straggler.Mutex`.
///
/// In Python: a `threading.Lock` and the value beside it.
public struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  /// The lock's name in reports, if it has one.
  public let name: String?

  // Both lie in one allocation, which begins with the lock.
  @usableFromInline let mutex: UnsafeMutablePointer<StragglerMutex>
  @usableFromInline let value: UnsafeMutablePointer<Value>

  /// Makes a mutex that nobody holds.
  ///
  /// - Parameters:
  ///   - initialValue: what it guards.
  ///   - name: what reports call it.
  public init(_ initialValue: consuming sending Value, name: String? = nil) {
    let alignment = max(MemoryLayout<StragglerMutex>.alignment, MemoryLayout<Value>.alignment)
    let offset =
      (MemoryLayout<StragglerMutex>.size + MemoryLayout<Value>.alignment - 1)
      & ~(MemoryLayout<Value>.alignment - 1)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: offset + MemoryLayout<Value>.size, alignment: alignment)
    mutex = memory.bindMemory(to: StragglerMutex.self, capacity: 1)
    straggler_mutex_init(mutex)
    value = (memory + offset).bindMemory(to: Value.self, capacity: 1)
    value.initialize(to: initialValue)
    self.name = name
    if let name { straggler_lock_set_name(mutex, name) }
  }

  deinit {
    value.deinitialize(count: 1)
    if name != nil { straggler_lock_forget_name(mutex) }
    straggler_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Takes the lock, blocking until it is free, calls `body` with the value, and gives the lock back.
  ///
  /// In Python: `with lock:`.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; the lock is given back before.
  @inlinable @inline(always)
  public borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    // Not asked before the lock as well: a daemon that waits here after finalizing has stopped, too.
    if straggler_mutex_lock(mutex) { stopIfFinalizing(holding: mutex) }
    defer { if straggler_mutex_unlock(mutex) { stopIfFinalizing() } }
    return try body(&value.pointee)
  }

  /// As `withLock`, if the lock can be taken without waiting.
  ///
  /// In Python: `if lock.acquire(blocking=False):`.
  ///
  /// - Returns: what `body` returns; nil, without calling it, if another thread holds the lock.
  /// - Throws: what `body` throws; the lock is given back before.
  @inlinable @inline(always)
  public borrowing func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result? {
    stopIfFinalizing()
    guard straggler_mutex_try_lock(mutex) else { return nil }
    stopIfFinalizing(holding: mutex)
    defer { if straggler_mutex_unlock(mutex) { stopIfFinalizing() } }
    return try body(&value.pointee)
  }
}
