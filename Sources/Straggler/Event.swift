// A flag that threads wait for.

internal import Synchronization

/// A flag that one thread sets and others wait for. It begins unset.
///
/// All members may be used from any thread; only the waits block. A thread that waits holds nothing; reports say that
/// it waits for a condition, by the event's name.
///
/// In Python: `threading.Event`.
public final class Event: Sendable {
  private let gate: Gate
  /// The lowest bit: whether the event is set. Above it, how often it was: a waiter returns for the `set` that came while it
  /// waited, even if `clear` followed.
  private let state = Atomic<UInt>(0)

  /// Makes an event that is not set.
  ///
  /// - Parameter name: what reports call it.
  public init(name: String? = nil) {
    gate = Gate(name: name)
  }

  /// The event's name in reports, if it has one.
  public var name: String? { gate.name }

  /// Whether the event is set. It may be otherwise by the time the caller looks at the answer.
  ///
  /// In Python: `Event.is_set()`.
  public var isSet: Bool {
    stopIfFinalizing()
    return state.load(ordering: .acquiring) & 1 == 1
  }

  /// Sets the event, and lets every thread go that waits for it. Setting it again does nothing.
  ///
  /// In Python: `Event.set()`.
  public func set() {
    stopIfFinalizing()
    var now = state.load(ordering: .relaxed)
    while true {
      // An exchange even where it is set: who sees it set afterwards sees what this thread did before.
      let next = now & 1 == 1 ? now : now &+ 3
      let (isExchanged, found) = state.weakCompareExchange(
        expected: now, desired: next, ordering: .sequentiallyConsistent)
      if isExchanged { break }
      now = found
    }
    if now & 1 == 0 { gate.open() }
  }

  /// Unsets the event. Threads that waited when it was set go on nevertheless.
  ///
  /// In Python: `Event.clear()`.
  public func clear() {
    stopIfFinalizing()
    state.bitwiseAnd(~1, ordering: .acquiringAndReleasing)
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
    let before = state.load(ordering: .acquiring)
    if before & 1 == 1 { return true }
    return gate.wait(until: deadline) {
      let now = state.load(ordering: .sequentiallyConsistent)
      return now & 1 == 1 || now != before
    }
  }
}
