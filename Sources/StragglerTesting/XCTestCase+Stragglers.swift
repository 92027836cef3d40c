// XCTest: a test that leaves threads behind fails.

internal import Foundation
internal import Straggler
public import XCTest

extension XCTestCase {
  /// Runs a test, and fails it if it leaves threads behind that hold something.
  ///
  ///     override func invokeTest() {
  ///       withoutStragglers { super.invokeTest() }
  ///     }
  ///
  /// Around `invokeTest` it sees what `setUp` and the test make, and looks after `tearDown`. A thread that nobody can attribute
  /// (one that a Dispatch block made) is named on standard error, and does not fail the test: an earlier one may have left it.
  ///
  /// - Parameters:
  ///   - grace: How long threads have to end, or give back what they hold, after the test.
  ///   - exemptions: What may be left behind.
  ///   - includingIdle: Threads that hold nothing count too, and threads that ended and were never joined.
  public func withoutStragglers(
    grace: Duration = .seconds(1), ignoring exemptions: [Exemption] = [], includingIdle: Bool = false,
    file: StaticString = #filePath, line: UInt = #line, _ test: () -> Void
  ) {
    let options = CheckOptions(grace: grace, exemptions: exemptions, countsIdleThreads: includingIdle)
    let fail = { self.recordFailure(withDescription: $0, inFile: "\(file)", atLine: Int(line), expected: true) }
    var check: LeftoverCheck
    do {
      check = try LeftoverCheck(name, options)
    } catch {
      fail("\(error)")
      return test()
    }
    Origin.$current.withValue(check.scope.token) { test() }
    do {
      while let delay = try check.look() { Self.letMainRun(delay) }
    } catch {
      fail("\(error)")
    }
    for leftover in check.end() {
      let message = leftover.message(after: grace)
      if leftover.isCertain {
        fail(message)
      } else {
        FileHandle.standardError.write(Data("\(file):\(line): warning: \(name): \(message)\n".utf8))
      }
    }
  }

  /// What ends a thread may have to run on the main thread, which XCTest's tests are on.
  private static func letMainRun(_ delay: Duration) {
    let end = ContinuousClock.now + delay
    let seconds = Double(delay.components.seconds) + Double(delay.components.attoseconds) / 1e18
    RunLoop.current.run(until: Date(timeIntervalSinceNow: seconds))
    // A run loop without sources returns at once.
    while ContinuousClock.now < end { usleep(1000) }
  }
}
