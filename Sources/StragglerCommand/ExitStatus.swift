// What straggler ends with: every status it has, and the one rule that chooses.

internal import StragglerProcesses

enum ExitStatus {
  /// Findings fail the run, unless `--leak-status` says otherwise.
  static let leak: Int32 = 23
  /// Straggler itself failed, wrong options included.
  static let failed: Int32 = ObservationError.Status.failed.rawValue
  /// `check` could not do its work.
  static let checkFailed: Int32 = 2

  /// The status of a run: the program's own where it says something, else ours.
  static func ofRun(_ ending: ProgramEnding, failing: Bool, leakStatus: Int32) -> Int32 {
    switch ending {
    case .exited(let status) where status != 0: status
    case .signaled(let signal): 128 + signal
    case .exited, .forced: failing ? leakStatus : 0
    }
  }
}
