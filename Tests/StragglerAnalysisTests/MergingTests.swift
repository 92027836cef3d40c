// Many reports as one.

import StragglerAnalysis
import StragglerModel
import Testing

private func merged(_ reports: [Report]) -> Report {
  var report = Report.joining(reports)
  report.mergeEqualFindings()
  return report
}

extension Report {
  fileprivate var allFindings: [Finding] { findings + children.flatMap(\.allFindings) }
}

@Suite struct MergingTests {
  @Test func aMistakeThatSeveralReportsHaveStandsOnceWithItsCount() {
    let report = merged([run([finding("a"), finding("b")]), run([finding("c")]), run([finding("a")])])
    #expect(report.process == nil)
    #expect(report.children.map { $0.findings.map(\.fingerprint) } == [["a", "b"], ["c"], []])
    #expect(report.allFindings.map(\.count) == [2, 1, 1])
  }

  @Test func theRunThatMadeItMostOftenStandsForAll() {
    let twice = run([finding("a")], children: [run([finding("a")])])
    let report = merged([run([finding("a")]), twice, run([finding("a")])])
    #expect(report.children.map { $0.allFindings.map(\.count) } == [[], [3, 1], []])
  }

  @Test func mergedReportsAreMergedAgain() {
    let one = merged([run([finding("a")]), run([finding("a"), finding("a")])])
    let other = merged([run([finding("a")]), run([finding("b")])])
    let report = merged([one, other, run([finding("b")])])
    #expect(report.children.count == 5)
    #expect(report.allFindings.map(\.fingerprint) == ["a", "a", "b"])
    #expect(report.allFindings.map(\.count) == [3, 1, 2])
  }

  @Test func suppressedFindingsAndSuppressionsAreMergedToo() throws {
    let suppressions = try Suppression.all(in: Array("abandoned-lock reason=r".utf8), source: "s")
    let shards = (0..<3).map { _ in
      var shard = run([finding("a")])
      shard.suppress(by: suppressions, today: CalendarDay(year: 2026, month: 1, day: 1))
      return shard
    }
    let report = merged(shards)
    #expect(report.children.map { $0.suppressed.map(\.count) } == [[3], [], []])
    #expect(report.suppressions.map(\.count) == [3])
  }

  @Test func nothingIsLostOfWhatWasNotSeen() {
    var blind = run()
    blind.unseen = ["x: y"]
    blind.lost = 2
    #expect(merged([blind, run()]).children.first == blind)
  }
}
