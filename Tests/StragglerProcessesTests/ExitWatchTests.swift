// When an exit is over its time, and when a circle of waits is believed.

internal import StragglerModel
internal import Testing

@testable internal import StragglerProcesses

@Suite struct ExitWatchTests {
  private static let second: UInt64 = 1_000_000_000
  private static let begun: UInt64 = 1000 * second

  private func exit(
    _ phase: RecordedExit.Phase = .exiting, kind: RecordedExit.Kind = .return, begun: UInt64? = Self.begun
  ) -> ExitState {
    ExitState(phase: phase, kind: kind, status: 0, begun: begun)
  }

  /// Of these threads, each in its `sequence`th.
  private func waits(_ threads: Int..., sequence: UInt32 = 2) -> [StandingWait] {
    threads.map { StandingWait(thread: $0, sequence: sequence) }
  }

  @Test func anExitWithinItsTimeGoesOn() {
    var watch = ExitWatch(timeout: .seconds(2))
    #expect(watch.judge(exit(), now: Self.begun + 2 * Self.second, paused: 0) { nil } == nil)
  }

  @Test func anExitOverItsTimeIsStalled() {
    var watch = ExitWatch(timeout: .milliseconds(500))
    #expect(watch.judge(exit(), now: Self.begun + 500_000_001, paused: 0) { nil } == .stalled)
    #expect(watch.judge(exit(.frozen), now: Self.begun + 500_000_001, paused: 0) { nil } == .stalled)
  }

  @Test func timeStoppedByJobControlDoesNotCount() {
    var watch = ExitWatch(timeout: .seconds(1))
    let now = Self.begun + 5 * Self.second
    #expect(watch.judge(exit(), now: now, paused: 4 * Self.second) { nil } == nil)
    #expect(watch.judge(exit(), now: now, paused: 3 * Self.second) { nil } == .stalled)
  }

  @Test func anExitOfAProcessWithoutAClockCountsFromItsFirstSight() {
    var watch = ExitWatch(timeout: .seconds(1))
    let untimed = exit(begun: ExitWatch.untimed)
    #expect(watch.judge(untimed, now: Self.begun, paused: 0) { nil } == nil)
    #expect(watch.judge(untimed, now: Self.begun + Self.second, paused: 0) { nil } == nil)
    #expect(watch.judge(untimed, now: Self.begun + Self.second + 1, paused: 0) { nil } == .stalled)
  }

  @Test func withoutATimeoutAnExitMayTakeForEver() {
    var watch = ExitWatch(timeout: nil)
    #expect(watch.judge(exit(), now: .max, paused: 0) { nil } == nil)
  }

  @Test func aProcessThatDoesNotExitIsNotSampled() {
    var watch = ExitWatch(timeout: .seconds(1))
    var samples = 0
    let verdict = watch.judge(exit(.running, begun: nil), now: .max, paused: 0) {
      samples += 1
      return waits(1)
    }
    #expect(verdict == nil)
    #expect(samples == 0)
  }

  @Test func anExecIsNoExit() {
    var watch = ExitWatch(timeout: .milliseconds(1))
    #expect(watch.judge(exit(kind: .exec), now: Self.begun + Self.second, paused: 0) { waits(1, 2) } == nil)
  }

  @Test func aCircleIsBelievedOnceSeenTwice() {
    var watch = ExitWatch(timeout: nil)
    let first = Self.begun + ExitWatch.shortestInterval
    #expect(watch.judge(exit(), now: first, paused: 0) { waits(1, 2) } == nil)
    // Too early for a second sample.
    #expect(watch.judge(exit(), now: first + 1, paused: 0) { waits(1, 2) } == nil)
    #expect(watch.judge(exit(), now: first + ExitWatch.shortestInterval, paused: 0) { waits(1, 2) } == .deadlocked)
  }

  /// Two torn samples of threads that wait for each other's locks again and again.
  @Test func aCircleOfOtherWaitsOfTheSameThreadsIsNoProof() {
    var watch = ExitWatch(timeout: nil)
    let step = ExitWatch.shortestInterval
    for sample in 1..<20 {
      let verdict = watch.judge(exit(), now: Self.begun + UInt64(sample) * step, paused: 0) {
        waits(1, 2, sequence: UInt32(2 * sample))
      }
      #expect(verdict == nil)
    }
  }

  @Test func twoDifferentCirclesAreNoProof() {
    var watch = ExitWatch(timeout: nil)
    let step = ExitWatch.shortestInterval
    #expect(watch.judge(exit(), now: Self.begun + step, paused: 0) { waits(1, 2) } == nil)
    #expect(watch.judge(exit(), now: Self.begun + 2 * step, paused: 0) { waits(1, 3) } == nil)
    #expect(watch.judge(exit(), now: Self.begun + 3 * step, paused: 0) { nil } == nil)
    #expect(watch.judge(exit(), now: Self.begun + 30 * step, paused: 0) { waits(1, 3) } == nil)
  }

  @Test func aFrozenProcessIsNotSampled() {
    var watch = ExitWatch(timeout: nil)
    for step: UInt64 in 1...20 {
      let now = Self.begun + step * Self.second
      #expect(watch.judge(exit(.freezing), now: now, paused: 0) { waits(1, 2) } == nil)
    }
  }

  @Test func aSlowExitIsSampledEverMoreRarely() {
    var watch = ExitWatch(timeout: nil)
    var samples = 0
    for tick: UInt64 in 0..<(60 * 50) {
      _ = watch.judge(exit(), now: Self.begun + tick * 20_000_000, paused: 0) {
        samples += 1
        return nil
      }
    }
    #expect((60...70).contains(samples))
  }
}
