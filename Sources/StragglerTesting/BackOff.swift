// How long to wait between two looks.

/// One millisecond, then twice as long each time up to a tenth of a second, until the limit is reached: most threads end at
/// once, and nobody should wait long for those.
struct BackOff: Sequence, IteratorProtocol {
  private var remaining: Duration
  private var delay = Duration.milliseconds(1)

  init(limit: Duration) { remaining = limit }

  /// The next wait; nil once the limit is reached.
  mutating func next() -> Duration? {
    guard remaining > .zero else { return nil }
    let wait = Swift.min(delay, remaining)
    remaining -= wait
    delay = Swift.min(delay * 2, .milliseconds(100))
    return wait
  }
}
