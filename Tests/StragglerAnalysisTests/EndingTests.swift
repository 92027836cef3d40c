// exit.kind, exit.status and exit.signal, from what was observed and what was recorded.

@testable import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct EndingTests {
  private func exit(
    _ ending: ObservedEnding, _ kind: RecordedExit.Kind = .none, phase: RecordedExit.Phase = .frozen
  ) -> ReportedExit {
    ReportedExit(
      ending: ending, recorded: RecordedExit(phase: phase, kind: kind, status: 3, thread: 1, begun: 1))
  }

  @Test(arguments: [
    (RecordedExit.Kind.return, ReportedExit.Kind.return), (.underscore, .underscore), (.quick, .quick), (.exec, .exec),
    (.stalled, .stalled), (.none, .underscore),
  ])
  func aStatusComesWithTheRecordedWayOut(kind: RecordedExit.Kind, expected: ReportedExit.Kind) {
    #expect(exit(.exited(status: 7), kind) == ReportedExit(kind: expected, status: 7, signal: nil, phase: .frozen))
  }

  @Test(arguments: [(Int32(6), ReportedExit.Kind.abort), (9, .killed), (11, .signal), (15, .signal)])
  func aSignalHasNoStatus(signal: Int32, expected: ReportedExit.Kind) {
    let result = exit(.signaled(signal), phase: .running)
    #expect(result == ReportedExit(kind: expected, status: nil, signal: signal, phase: .running))
  }

  @Test func anEndThatNobodySawIsBelievedOnlyIfTheRecordIsFinal() {
    #expect(exit(.unknown, .return) == ReportedExit(kind: .return, status: 3, signal: nil, phase: .frozen))
    #expect(exit(.unknown, .return, phase: .joining).kind == .killed)
    #expect(
      exit(.unknown, .none, phase: .running) == ReportedExit(kind: .killed, status: nil, signal: nil, phase: .running))
    #expect(exit(.unknown, .exec, phase: .exiting).kind == .exec)
  }

  @Test func whatWeEndedIsStalled() {
    #expect(exit(.stalled, .return, phase: .joining).kind == .stalled)
    #expect(exit(.deadlocked, .return, phase: .exiting).kind == .stalled)
    #expect(exit(.stalled).status == nil)
  }

  @Test func everyWordOfAReportStandsForOneValue() {
    for kind in ResourceKind.allCases where kind != .annotated {
      #expect(ResourceKind(reportName: kind.reportName) == kind)
    }
    #expect(ResourceKind(reportName: "lock") == nil)
    #expect(RecordedExit.Phase(reportName: "early-callbacks") == .earlyCallbacks)
    #expect(RecordedExit.Phase(reportName: "") == nil)
  }
}
