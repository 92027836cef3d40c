// Baselines: what is known passes, what comes on top does not.

import StragglerAnalysis
import StragglerModel
import Testing

@Suite struct BaselineTests {
  /// A run's report after it was held against the baseline.
  private func judged(_ report: Report, by baseline: Report) -> Report {
    var runs = [report]
    let use = Baseline(baseline, source: "known.json").apply(to: &runs)
    runs[0].baseline = use
    return runs[0]
  }

  @Test func whatIsKnownDoesNotCountAndWhatIsNewDoes() {
    let known = finding("a")
    let report = judged(run([known, finding("b")]), by: run([known, finding("c")]))
    #expect(report.findings.map(\.fingerprint) == ["b"])
    #expect(report.findings.map(\.new) == [1])
    #expect(report.suppressed.map(\.fingerprint) == ["a"])
    #expect(report.suppressed.first?.suppression?.kind == .baseline)
    #expect(report.baseline == BaselineUse(source: "known.json", known: 1, new: 1, gone: 1))
  }

  @Test func aSecondLeakOfAnEqualFingerprintIsNew() {
    let report = judged(run([finding("a"), finding("a")]), by: run([finding("a")]))
    #expect(report.findings.count == 1)
    #expect(report.suppressed.count == 1)
  }

  @Test func everyThreadOfAFindingCounts() {
    let two = finding("a", threads: ["1", "2"])
    let three = finding("a", threads: ["1", "2", "3"])
    #expect(judged(run([two]), by: run([three])).findings.isEmpty)
    let report = judged(run([three]), by: run([two]))
    #expect(report.findings.map(\.new) == [1])
    #expect(report.suppressed.isEmpty)
  }

  @Test func processesOfARunCountTogether() {
    let known = run([finding("a")], children: [run([finding("a")])])
    #expect(!failing(judged(run(children: [run([finding("a"), finding("a")])]), by: known), failOn: .note))
    let more = run(children: [run([finding("a")]), run([finding("a"), finding("a")])])
    #expect(failing(judged(more, by: known), failOn: .note))
  }

  @Test func aBaselineOfShardsAllowsWhatOneOfThemHad() {
    var known = Report.joining([run([finding("a")]), run([finding("a"), finding("b")]), run()])
    for isMerged in [false, true] {
      if isMerged { known.mergeEqualFindings() }
      #expect(judged(run([finding("b"), finding("a")]), by: known).findings.isEmpty)
      #expect(judged(run([finding("a"), finding("a")]), by: known).findings.count == 1)
    }
  }

  @Test func shardsAreHeldAgainstABaselineOneByOne() {
    var shards = [run([finding("a")]), run([finding("a")]), run([finding("b")])]
    let use = Baseline(run([finding("a")]), source: "known.json").apply(to: &shards)
    #expect(shards.map(\.findings.count) == [0, 0, 1])
    #expect(use == BaselineUse(source: "known.json", known: 2, new: 1, gone: 0))
  }

  /// A new baseline is made from a run that has the old one.
  @Test func aReportUnderABaselineIsAWholeBaseline() {
    let first = run([finding("a")])
    let second = judged(run([finding("a"), finding("b")]), by: first)
    #expect(judged(run([finding("a"), finding("b")]), by: second).findings.isEmpty)
  }

  @Test func whatASuppressionTookOutIsNotInTheBaseline() throws {
    var known = run([finding("a")])
    known.suppress(
      by: try Suppression.all(in: Array("abandoned-lock reason=r".utf8), source: "s"),
      today: CalendarDay(year: 2026, month: 1, day: 1))
    #expect(judged(run([finding("a")]), by: known).findings.count == 1)
  }
}
