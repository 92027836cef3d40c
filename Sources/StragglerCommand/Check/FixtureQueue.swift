// Runs the fixtures side by side and hands out their verdicts as they come.

internal import Dispatch
internal import Synchronization

/// Fixtures to be run, by some threads at once.
final class FixtureQueue: Sendable {
  private struct State {
    var next = 0
    var verdicts: [Int: FixtureVerdict] = [:]
  }
  private let state = Mutex(State())
  private let count: Int
  /// Makes the verdict of the fixture with that index; called on any thread.
  private let verdict: @Sendable (Int) -> FixtureVerdict
  /// Called after each fixture, on any thread, never twice at a time.
  private let progress: @Sendable (_ finished: Int, FixtureVerdict) -> Void

  init(
    count: Int, verdict: @escaping @Sendable (Int) -> FixtureVerdict,
    progress: @escaping @Sendable (_ finished: Int, FixtureVerdict) -> Void
  ) {
    self.count = count
    self.verdict = verdict
    self.progress = progress
  }

  /// Runs all of them and waits.
  ///
  /// - Returns: the verdicts in the order of the fixtures.
  func run(jobs: Int) -> [FixtureVerdict] {
    let group = DispatchGroup()
    for job in 0..<min(jobs, count) {
      // A queue each, and so a thread each (of Dispatch's 255): it blocks while its program runs, which a shared queue's must not.
      DispatchQueue(label: "straggler.check.\(job)").async(group: group) { self.work() }
    }
    group.wait()
    return state.withLock { state in (0..<count).compactMap { state.verdicts[$0] } }
  }

  /// Lets no other fixture begin. Those that are run already are not touched, and `run` waits for them.
  func stop() {
    state.withLock { state in state.next = count }
  }

  private func work() {
    while let index = take() {
      let verdict = verdict(index)
      state.withLock { state in
        state.verdicts[index] = verdict
        progress(state.verdicts.count, verdict)
      }
    }
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }
}
