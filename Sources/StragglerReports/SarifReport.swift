// The SARIF report: what code scanning services read.

public import StragglerAnalysis
internal import StragglerModel

/// Writes a report as SARIF 2.1.0 with errata 01 (OASIS): one run, an invocation for each observed process, a result for each
/// finding.
public struct SarifReport {
  let folder: String?
  let source: (String) -> [String]?
  /// Then no file is named: a name without its folder would be one that lies in the project's.
  private(set) var pathsAreLeftOut = false

  /// - Parameters:
  ///   - folder: Files below it are named relative to `%SRCROOT%`, which is not spelled out: whoever reads the report knows
  ///     where the project lies there.
  ///   - source: The lines of a source file; see `TextReport`.
  public init(folder: String? = nil, source: @escaping (String) -> [String]? = { _ in nil }) {
    self.folder = folder
    self.source = source
  }

  /// Hands the report over as text, ending with a newline.
  public func write(_ report: Report, to write: (String) -> Void) {
    var writer = self
    writer.pathsAreLeftOut = report.leavesOutPaths
    write(writer.encoded(report).text() + "\n")
  }

  private func encoded(_ report: Report) -> JSONValue {
    let processes = report.all
    let results = processes.enumerated().flatMap { index, process in
      process.findings.map { result($0, of: process, invocation: index, suppressed: false) }
        + process.suppressed.map { result($0, of: process, invocation: index, suppressed: true) }
    }
    let run = JSONValue.members(
      ("tool", .members(("driver", driver(report.tool)))), ("invocations", .array(processes.map(invocation))),
      ("originalUriBaseIds", .members((Self.base, .members(("description", Self.message("The project's folder.")))))),
      ("results", .array(results)))
    return .members(
      (
        "$schema", .string("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
      ),
      ("version", .string("2.1.0")), ("runs", .array([run])))
  }

  private func driver(_ tool: Tool) -> JSONValue {
    .members(
      ("name", .string(tool.name)), ("semanticVersion", .string(tool.version)),
      ("rules", .array(Rule.all.map(rule))))
  }

  private func rule(_ rule: Rule) -> JSONValue {
    let explanation = JSONValue.string(rule.explanation)
    let harm = rule.harm + (rule.exception.map { " Where \($0.condition): \($0.words.harm)" } ?? "")
    return .members(
      ("id", .string(rule.id.rawValue)), ("shortDescription", .members(("text", .string(sentence(rule.summary))))),
      ("fullDescription", .members(("text", .string(harm)))),
      ("help", .members(("text", explanation), ("markdown", explanation))),
      ("defaultConfiguration", .members(("level", .string(rule.level.rawValue)))))
  }

  private func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

  /// One observed process. How it ended is the program's business: the analysis itself has always done its work.
  private func invocation(_ report: Report) -> JSONValue {
    var notifications = report.unseen.map { notification("not seen: \(visible($0))", level: .note) }
    if report.lost > 0 {
      let entries = plural(report.lost, "entry", "entries")
      notifications.append(
        notification("the recorder had no room for \(entries): more may have been left behind", level: .warning))
    }
    let process = report.process
    let arguments = process.map(\.arguments) ?? []
    return .present(
      ("executionSuccessful", .bool(true)), ("processId", process.map { .integer(Int($0.pid)) }),
      ("executableLocation", process.flatMap { artifact($0.executable) }),
      ("arguments", arguments.isEmpty ? nil : .array(arguments.map(JSONValue.string))),
      ("exitCode", process?.exit.status.map { .integer(Int($0)) }),
      ("exitSignalNumber", process?.exit.signal.map { .integer(Int($0)) }),
      ("exitCodeDescription", process.map { _ in .string(report.ending) }),
      ("toolExecutionNotifications", notifications.isEmpty ? nil : .array(notifications)))
  }

  private func notification(_ text: String, level: Level) -> JSONValue {
    .members(("level", .string(level.rawValue)), ("message", Self.message(text)))
  }

  /// A message that says just this: braces are placeholders in SARIF (3.11.5), brackets links (3.11.6).
  static func message(_ text: String) -> JSONValue {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "{", "}": result.unicodeScalars.append(scalar)
      case "[", "]": result += "\\"
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return .members(("text", .string(result)))
  }
}
