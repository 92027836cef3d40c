// Sleeping, as an operation of the runtime.

internal import Glibc

/// Blocks the calling thread for this long on CLOCK_MONOTONIC; signals don't shorten it. Not for asynchronous code, which
/// has `Task.sleep`. A daemon that wakes when the exit is finalizing stops for good.
public func sleep(for duration: Duration) {
  stopIfFinalizing()
  let deadline = Deadline(after: duration)
  while deadline.wait({ clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, $0, nil) }) == EINTR {}
  stopIfFinalizing()
}
