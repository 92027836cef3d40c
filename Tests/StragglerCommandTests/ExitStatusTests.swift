// The status of a run, row by row.

internal import StragglerProcesses
internal import Testing

@testable internal import straggler

@Suite struct ExitStatusTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var ending: ProgramEnding
    var failing: Bool
    var status: Int32
    var testDescription: String { "\(ending), \(failing ? "failing" : "passing"): \(status)" }
  }

  static let table: [Row] = [
    Row(ending: .exited(0), failing: false, status: 0),
    Row(ending: .exited(0), failing: true, status: 23),
    Row(ending: .exited(1), failing: false, status: 1),
    Row(ending: .exited(1), failing: true, status: 1),
    Row(ending: .exited(255), failing: true, status: 255),
    Row(ending: .signaled(15), failing: false, status: 143),
    Row(ending: .signaled(9), failing: true, status: 137),
    Row(ending: .forced(.stalled), failing: true, status: 23),
    Row(ending: .forced(.stalled), failing: false, status: 0),
    Row(ending: .forced(.deadlocked), failing: true, status: 23),
    Row(ending: .forced(.deadlocked), failing: false, status: 0),
  ]

  @Test(arguments: table) func everyEndingHasItsStatus(row: Row) {
    #expect(ExitStatus.ofRun(row.ending, failing: row.failing, leakStatus: 23) == row.status)
  }

  @Test func theLeakStatusIsTheOneAskedFor() {
    #expect(ExitStatus.ofRun(.exited(0), failing: true, leakStatus: 99) == 99)
    #expect(ExitStatus.ofRun(.exited(2), failing: true, leakStatus: 99) == 2)
  }
}
