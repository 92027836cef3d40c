// Watches one image's exit from outside: is it over its time, is it proven to wait for what cannot come?

internal import StragglerModel

/// Why an exit was ended by us.
public enum ForcedEnding: Sendable, Equatable {
  /// It took longer than the time it was given.
  case stalled
  /// It waits for what cannot come.
  case deadlocked
}

/// One image's exit. All times are CLOCK_MONOTONIC in nanoseconds and are passed in.
struct ExitWatch {
  /// Two samples of a circle must be this far apart, so that what was about to be released has been.
  static let shortestInterval: UInt64 = 50_000_000
  /// A slow exit that is no deadlock is sampled ever more rarely.
  static let longestInterval: UInt64 = 1_000_000_000

  /// STRAGGLER_BEGUN_UNTIMED.
  static let untimed: UInt64 = 1

  /// How long the exit may take; nil: any time.
  let timeout: UInt64?
  private var nextSample: UInt64?
  private var firstSeen: UInt64?
  private var interval = Self.shortestInterval
  private var circle: [StandingWait]?

  init(timeout: Duration?) {
    self.timeout = timeout.map(Self.nanoseconds)
  }

  private static func nanoseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : sum(whole, UInt64(clamping: attoseconds / 1_000_000_000))
  }

  private static func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// Judges the exit at one moment.
  ///
  /// - Parameters:
  ///   - paused: how long the process was stopped by job control since its exit began: no fault of its exit.
  ///   - circle: the waits of a proven circle, from a fresh sample; called as rarely as possible.
  mutating func judge(_ exit: ExitState, now: UInt64, paused: UInt64, circle find: () -> [StandingWait]?)
    -> ForcedEnding?
  {
    // An exec has no duration: either the new image comes or the call returns.
    guard let written = exit.begun, exit.kind != .exec else { return nil }
    // A confined process may not ask the clock: its exit counts from where it was first seen.
    let begun = written == Self.untimed ? (firstSeen ?? now) : written
    firstSeen = begun
    if exit.phase < .freezing, now >= nextSample ?? (begun &+ Self.shortestInterval) {
      if sampleProves(find(), now: now) { return .deadlocked }
    }
    guard let timeout, now >= begun else { return nil }
    return now - begun > Self.sum(timeout, paused) ? .stalled : nil
  }

  /// A circle counts once two samples in a row have shown the same one: nobody in it has waited for anything else meanwhile.
  private mutating func sampleProves(_ found: [StandingWait]?, now: UInt64) -> Bool {
    defer { circle = found }
    if let found, found == circle { return true }
    interval = found == nil ? min(interval * 2, Self.longestInterval) : Self.shortestInterval
    nextSample = now &+ interval
    return false
  }
}
