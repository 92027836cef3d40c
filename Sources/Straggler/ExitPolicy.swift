// What the exit does when it meets work that is not done.

/// What the exit does when it meets a critical section or a thread that is not done.
///
/// Python has none.
public enum ExitPolicy: Hashable, Sendable {
  /// Goes on; the work is cut off, and reported.
  case report
  /// Waits until the work is done, but no longer than the given time from the moment when nothing else is left to wait
  /// for than work with a limit; then as `report`, with a line on standard error. Python's PEP 788 calls this a guard.
  case wait(upTo: Duration)
  /// As `report`; and the work cannot be begun any more once the exit has begun.
  case refuse
}
