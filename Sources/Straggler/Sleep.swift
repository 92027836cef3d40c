// Sleeping, as an operation of the runtime.

/// Blocks the calling thread for this long on CLOCK_MONOTONIC; signals don't shorten it. Not for asynchronous code,
/// which has `Task.sleep`. A daemon that wakes when the exit is finalizing stops for good.
public func sleep(for duration: Duration) {
  stopIfFinalizing()
  Deadline(after: duration).sleep()
  stopIfFinalizing()
}
