// A flag that threads wait for.

/// A flag that one thread sets and others wait for. It begins unset.
///
/// All members may be used from any thread; only the waits block. A thread that waits holds nothing; reports say that
/// it waits for a condition, by the event's name.
///
/// In Python: `threading.Event`.
public final class Event: Sendable {
  private let monitor: Monitor
  // Both are guarded by the monitor.
  private nonisolated(unsafe) var isSetNow = false
  /// How often the event was set: a waiter returns for the `set` that came while it waited, even if `clear` followed.
  private nonisolated(unsafe) var timesSet: UInt64 = 0

  /// Makes an event that is not set.
  ///
  /// - Parameter name: what reports call it.
  public init(name: String? = nil) {
    monitor = Monitor(name: name)
  }

  /// The event's name in reports, if it has one.
  public var name: String? { monitor.name }

  /// Whether the event is set. It may be otherwise by the time the caller looks at the answer.
  ///
  /// In Python: `Event.is_set()`.
  public var isSet: Bool {
    stopIfFinalizing()
    return monitor.withLock { isSetNow }
  }

  /// Sets the event, and lets every thread go that waits for it. Setting it again does nothing.
  ///
  /// In Python: `Event.set()`.
  public func set() {
    stopIfFinalizing()
    monitor.withLock {
      guard !isSetNow else { return }
      isSetNow = true
      timesSet += 1
      monitor.broadcast()
    }
  }

  /// Unsets the event. Threads that waited when it was set go on nevertheless.
  ///
  /// In Python: `Event.clear()`.
  public func clear() {
    stopIfFinalizing()
    monitor.withLock { isSetNow = false }
  }

  /// Blocks until the event is set. Returns at once if it is.
  ///
  /// In Python: `Event.wait()`.
  public func wait() {
    _ = wait(until: nil)
  }

  /// Blocks until the event is set, or `timeout` is over. A negative timeout is zero.
  ///
  /// In Python: `Event.wait(timeout)`, in seconds.
  ///
  /// - Returns: true if the event was set.
  public func wait(timeout: Duration) -> Bool {
    wait(until: Deadline(after: timeout))
  }

  private func wait(until deadline: Deadline?) -> Bool {
    stopIfFinalizing()
    defer { stopIfFinalizing() }
    return monitor.withLock {
      let before = timesSet
      return monitor.wait(until: deadline) { isSetNow || timesSet != before }
    }
  }
}
