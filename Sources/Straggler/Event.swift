// A flag that threads wait for.

internal import CStragglerRecorder
internal import Glibc

/// A flag that one thread sets and others wait for. It begins unset.
///
/// All members may be used from any thread. A thread that waits holds nothing; reports say that it waits for a
/// condition, by the event's name.
public final class Event: Sendable {
  /// The event's name in reports, if it has one.
  public let name: String?

  private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocateMutex()
  private let changed = Signal()
  // Both are guarded by `mutex`.
  private nonisolated(unsafe) var isSetNow = false
  /// How often the event was set: a waiter returns for the `set` that came while it waited, even if `clear` followed.
  private nonisolated(unsafe) var timesSet: UInt64 = 0

  public init(name: String? = nil) {
    self.name = name
    if let name { straggler_lock_set_name(changed.condition, name) }
  }

  deinit {
    if name != nil { straggler_lock_forget_name(changed.condition) }
    mutex.destroyMutex()
  }

  /// Whether the event is set.
  public var isSet: Bool {
    stopIfFinalizing()
    return withMutex { isSetNow }
  }

  /// Sets the event, and lets every thread go that waits for it.
  public func set() {
    stopIfFinalizing()
    withMutex {
      guard !isSetNow else { return }
      isSetNow = true
      timesSet += 1
      changed.broadcast()
    }
  }

  /// Unsets the event. Threads that waited when it was set go on nevertheless.
  public func clear() {
    stopIfFinalizing()
    withMutex { isSetNow = false }
  }

  /// Waits until the event is set. Returns at once if it is.
  public func wait() {
    _ = wait(until: nil)
  }

  /// Waits until the event is set, or `timeout` is over. A negative timeout is none.
  ///
  /// - Returns: true if the event was set.
  public func wait(timeout: Duration) -> Bool {
    wait(until: Deadline(after: timeout))
  }

  private func wait(until deadline: Deadline?) -> Bool {
    stopIfFinalizing()
    defer { stopIfFinalizing() }
    return withMutex {
      let before = timesSet
      var isInTime = true
      while !isSetNow, timesSet == before, isInTime {
        isInTime = changed.wait(releasing: mutex, until: deadline)
      }
      return isSetNow || timesSet != before
    }
  }

  private func withMutex<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
