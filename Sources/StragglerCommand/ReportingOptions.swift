// The options that say where reports go and what they mean for the status: the same for `run` and `report`.

internal import ArgumentParser
internal import StragglerAnalysis

/// `--fail-on`'s values.
enum FailureThreshold: String, CaseIterable, ExpressibleByArgument {
  case error, warning, note, never

  /// The lightest level that fails a run; nil: none does.
  var level: Level? { Level(rawValue: rawValue) }
}

struct ReportingOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "Write a report, FORMAT or FORMAT=FILE: \(ReportRequest.Format.list). Repeatable. All but text need a FILE; text "
        + "without one goes to standard error. (default: text)",
      valueName: "format[=file]"),
    completion: .list(ReportRequest.Format.allCases.map { $0.needsFile ? "\($0.rawValue)=" : $0.rawValue }),
    transform: ReportRequest.parse)
  var requested: [ReportRequest] = []

  @Option(help: ArgumentHelp("The lightest level of findings that fails the run.", valueName: "level"))
  var failOn = FailureThreshold.error

  @Option(
    help: ArgumentHelp(
      "The status when findings fail the run, 1 to 124. (default: \(ExitStatus.leak))", valueName: "status"),
    transform: Self.leakStatus)
  var leakStatus: Int32 = ExitStatus.leak

  @Option(
    name: .customLong("suppressions"),
    help: ArgumentHelp(
      "Findings that match a line of FILE don't count. Repeatable. What the lines are like: docs/suppressions.md.",
      valueName: "file"), completion: .file())
  var suppressionFiles: [String] = []

  @Option(
    name: .customLong("baseline"),
    help: ArgumentHelp(
      "Findings that FILE has, an earlier JSON report, don't count; what comes on top does.", valueName: "file"),
    completion: .file())
  var baselineFile: String?

  @Option(
    name: .customLong("redact"),
    help: ArgumentHelp(
      "Leave something out of the report: arguments (of the programs) or paths (only last components stay). Repeatable.",
      valueName: "what"),
    completion: .list(Redaction.allCases.map(\.rawValue)), transform: Self.redaction)
  var redactions: [Redaction] = []

  /// What is to be written; never empty.
  var reports: [ReportRequest] { requested.isEmpty ? [.usual] : requested }

  static func redaction(_ text: String) throws -> Redaction {
    guard let redaction = Redaction(rawValue: text) else {
      let known = Redaction.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure("'\(text)' can't be left out; known: \(known)")
    }
    return redaction
  }

  static func leakStatus(_ text: String) throws -> Int32 {
    guard let status = Int32(text), (1...124).contains(status) else {
      throw CommandFailure("it is a number from 1 to 124, so that it can't be taken for straggler's own failures")
    }
    return status
  }
}
