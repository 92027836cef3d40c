// A moment on CLOCK_MONOTONIC until which something waits: what every wait of the runtime takes instead of a duration.

internal import Glibc

/// A moment on CLOCK_MONOTONIC, in the form that glibc's waits take.
struct Deadline: Sendable {
  private(set) var time: timespec

  /// The moment that is `duration` from now. A negative duration is none; one that the clock cannot count is cut to
  /// `longest`.
  init(after duration: Duration) {
    let (seconds, attoseconds) = max(.zero, min(duration, Deadline.longest)).components
    time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    time.tv_sec += Int(seconds)
    time.tv_nsec += Int(attoseconds / 1_000_000_000)
    if time.tv_nsec >= 1_000_000_000 {
      time.tv_sec += 1
      time.tv_nsec -= 1_000_000_000
    }
  }

  /// The moment when CLOCK_MONOTONIC shows this many nanoseconds.
  init(nanoseconds: UInt64) {
    time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }

  /// A hundred years: longer than a machine runs, and far from what overflows the kernel's nanoseconds (292 years).
  private static var longest: Duration { .seconds(100 * 365 * 24 * 3600) }

  /// The earlier of two; nil stands for never.
  static func earlier(_ one: Deadline?, _ other: Deadline?) -> Deadline? {
    guard let one, let other else { return one ?? other }
    return (one.time.tv_sec, one.time.tv_nsec) < (other.time.tv_sec, other.time.tv_nsec) ? one : other
  }

  /// Whether the clock has come to this moment.
  var isPast: Bool {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return (now.tv_sec, now.tv_nsec) >= (time.tv_sec, time.tv_nsec)
  }

  /// Sleeps until this moment; signals don't shorten it.
  func sleep() {
    while wait({ clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, $0, nil) }) == EINTR {}
  }

  /// Calls one of glibc's functions that wait until an absolute time.
  func wait<Outcome>(_ function: (UnsafePointer<timespec>) -> Outcome) -> Outcome {
    withUnsafePointer(to: time, function)
  }
}
