// Sleeping, as an operation of the runtime.

/// Blocks the calling thread for this long on CLOCK_MONOTONIC; signals don't shorten it. Not for asynchronous code,
/// which has `Task.sleep`. A negative duration is zero. A daemon that wakes when the exit is finalizing stops for good.
///
/// A sleep cannot be ended early: to wait for a time or for being told to stop, use `Event.wait(timeout:)`.
///
/// In Python: `time.sleep(seconds)`.
public func sleep(for duration: Duration) {
  stopIfFinalizing()
  Deadline(after: duration).sleep()
  stopIfFinalizing()
}
