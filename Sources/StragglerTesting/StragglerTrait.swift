// Swift Testing: a test that leaves threads behind fails.

internal import Straggler
public import Testing

/// Fails a test that leaves threads behind which hold something.
///
/// After the test it looks what would be found if the process ended now, of the threads that this test made; it waits for them,
/// and fails the test at its source location if something is left after the grace period. On a suite, each of its tests is
/// checked. Tests may run in parallel: what another test made is never held against this one, and what nobody can attribute is
/// a warning that names all who may have left it. What it can't see in one test, the report at the process's end has.
///
/// The first look that finds nothing decides: a thread that takes and gives back the same lock over and over may pass.
/// What the test's own thread holds is not looked at.
public struct StragglerTrait: TestTrait, SuiteTrait, TestScoping {
  let options: CheckOptions

  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    var check: LeftoverCheck
    do {
      check = try LeftoverCheck(test.displayName ?? test.name, options)
    } catch {
      Issue.record(error, sourceLocation: test.sourceLocation)
      return try await function()
    }
    let failure = await outcome(of: function, token: check.scope.token)
    await wait(for: &check, test)
    for leftover in check.end() {
      Issue.record(
        Comment(rawValue: leftover.message(after: options.grace)), severity: leftover.isCertain ? .error : .warning,
        sourceLocation: test.sourceLocation)
    }
    if let failure { throw failure }
  }

  /// What the test threw. It is checked then, too.
  private func outcome(of function: @Sendable () async throws -> Void, token: UInt32) async -> (any Error)? {
    do {
      try await Origin.$current.withValue(token) { try await function() }
      return nil
    } catch {
      return error
    }
  }

  private func wait(for check: inout LeftoverCheck, _ test: Test) async {
    do {
      while let delay = try check.look() {
        // In a task of its own: a test that is cancelled has its grace period too.
        await Task.detached { try? await Task.sleep(for: delay) }.value
      }
    } catch {
      Issue.record(error, sourceLocation: test.sourceLocation)
    }
  }
}

extension Trait where Self == StragglerTrait {
  /// Fails the test, or each test of the suite, if it leaves threads behind that hold something.
  public static var noStragglers: Self { noStragglers() }

  /// Fails the test, or each test of the suite, if it leaves threads behind that hold something.
  ///
  /// - Parameters:
  ///   - grace: How long they have to end, or give back what they hold, after the test.
  ///   - exemptions: What may be left behind.
  ///   - includingIdle: Threads that hold nothing count too, and threads that ended and were never joined.
  public static func noStragglers(
    grace: Duration = .seconds(1), ignoring exemptions: [Exemption] = [], includingIdle: Bool = false
  ) -> Self {
    Self(options: CheckOptions(grace: grace, exemptions: exemptions, countsIdleThreads: includingIdle))
  }
}
