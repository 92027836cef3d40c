// Waiting, with a limit, for what no event announces.

internal import Glibc

/// Asks again and again whether `condition` holds, for at most ten seconds, and returns the last answer.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(10)
  while clock.now < end {
    if try condition() { return true }
    sched_yield()
  }
  return try condition()
}
