// Writes one report to every place that was asked for.

internal import StragglerAnalysis
internal import StragglerReports

/// The places are looked at when this value is made: before the program runs.
struct ReportWriter {
  private enum Place {
    case stream(StandardStream)
    case file(ReportFile)
  }

  private var outputs: [(format: ReportRequest.Format, place: Place)] = []
  private let environment: [String: String]
  private let failOn: Level?

  /// - Throws: `CommandFailure` for a file that can't be written, that two reports would go to, or that the suppressions are in.
  init(_ options: ReportingOptions, environment: [String: String]) throws {
    self.environment = environment
    failOn = options.failOn.level
    var files: Set<String> = []
    let suppressions = Set(options.suppressionFiles.map(ReportFile.resolved))
    for request in options.reports {
      let place = try Self.place(request.target)
      if case .file(let file) = place {
        guard files.insert(file.path).inserted else {
          throw CommandFailure("two reports would be written to \(file.path): give each a file of its own")
        }
        guard !suppressions.contains(file.path) else {
          throw CommandFailure("a report would replace the suppressions \(file.path): give it a file of its own")
        }
      }
      outputs.append((request.format, place))
    }
  }

  private static func place(_ target: ReportRequest.Target) throws -> Place {
    switch target {
    case .standardError: .stream(.error)
    case .standardOutput: .stream(.output)
    case .file(let name): .file(try ReportFile(name))
    }
  }

  /// - Throws: `CommandFailure` for what could not be written; the others are written all the same.
  func write(_ report: Report) throws {
    // A file's last component alone may be another file's, too.
    let source: (String) -> [String]? = report.leavesOutPaths ? { _ in nil } : SourceFiles().lines
    var failures: [CommandFailure] = []
    for output in outputs {
      do {
        switch output.place {
        case .stream(let stream):
          try stream.write(text(report, output.format, colour: stream.wantsColour(environment: environment), source))
        case .file(let file) where output.format == .json:
          try file.write { JSONReport.write(report, to: $0) }
        case .file(let file):
          try file.write(text(report, output.format, colour: false, source))
        }
      } catch let failure as CommandFailure {
        failures.append(failure)
      }
    }
    if !failures.isEmpty { throw CommandFailure(failures.map(\.description).joined(separator: "; ")) }
  }

  private func text(
    _ report: Report, _ format: ReportRequest.Format, colour: Bool, _ source: @escaping (String) -> [String]?
  ) -> String {
    var text = ""
    let write = { text += $0 }
    switch format {
    case .json: JSONReport.write(report, to: write)
    case .text:
      let style = TextReport.Style(color: colour, folder: ProcessEnvironment.workingDirectory)
      TextReport(style: style, source: source).write(report, to: write)
    case .sarif: SarifReport(folder: checkout, source: source).write(report, to: write)
    case .junit: JUnitReport(fails: fails, folder: checkout, source: source).write(report, to: write)
    case .github: GitHubReport(folder: checkout).write(report, to: write)
    case .markdown: MarkdownReport(folder: checkout, source: source).write(report, to: write)
    case .html: HTMLReport(folder: checkout, source: source).write(report, to: write)
    }
    return text
  }

  private func fails(_ finding: Finding) -> Bool { failOn.map { finding.level >= $0 } ?? false }

  /// The project's folder, for reports that are read elsewhere: GitHub says where it is, whatever folder a step works in.
  private var checkout: String? { environment["GITHUB_WORKSPACE"] ?? ProcessEnvironment.workingDirectory }
}
