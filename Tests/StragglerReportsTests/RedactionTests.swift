// What is left out is in no format, wherever it was.

import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

@Suite struct RedactionTests {
  private static let folder = "FOLDER-SECRET"
  private static let argument = "ARGUMENT-SECRET"

  /// An absolute path that lies, with a blank in its way, in the folder.
  private static func path(_ name: String) -> String { "/home/\(folder) x/\(folder)/\(name)" }

  private static let stack = Stack(
    complete: true,
    frames: [
      Frame(
        function: "take<(lambda at \(path("a.cpp")):3:5)>", file: path("take.c"), line: 3, module: path("libtake.so"),
        address: 1),
      own("Journal.append(_:)", 5, 10, file: path("Journal.swift")), library(nil, module: path("libnone.so")),
    ])

  private static let thread = ThreadName(number: 3, id: 4713, name: path("worker"))

  private static var finding: Finding {
    let wait = ReportedWait(kind: .mutex, name: path("lock"), address: 1, holders: [thread])
    var finding = lockFinding()
    finding.message = "thread \"\(path("worker"))\" was abandoned with \"\(path("out.log"))\" open"
    finding.thread = sampleThread(thread)
    finding.resource = ReportedResource(
      kind: .file, mode: .write, name: path("out.log"), address: 1,
      file: ReportedResource.File(path: path("out.log"), descriptor: 3, unflushedBytes: 1, unsyncedBytes: nil))
    (finding.acquired, finding.created, finding.stopped) = (stack, stack, stack)
    (finding.waitingFor, finding.waiters, finding.similar) = (wait, [thread], [thread])
    finding.suppression = AppliedSuppression(kind: .rule, source: path("app.supp"), line: 1, reason: path("why"))
    return finding
  }

  /// Whatever can be left out stands everywhere where it can stand.
  private static var report: Report {
    var deadlock = finding
    deadlock.rule = .deadlockedExit
    deadlock.circle = [
      ReportedLink(thread: thread, waitingFor: finding.waitingFor!, stopped: stack, acquired: stack)
    ]
    var note = finding
    note.level = .note
    var report = sampleReport([finding, deadlock, note])
    report.suppressed = [finding, deadlock]
    report.process?.executable = path("app")
    report.process?.arguments = [path("app"), argument, "-I\(path("include"))", "\(folder)/a"]
    report.threads = [ListedThread(thread: sampleThread(thread), holds: 1)]
    report.unseen = ["process 4712 (\(path("tool"))): it still ran", "\(path("cc")): its findings don't count"]
    var child = report
    child.process?.executable = path("child")
    report.children = [child]
    report.suppressions = SuppressionUse.State.allCases.map { state in
      SuppressionUse(
        place: Suppression.Place(source: path("app.supp"), line: 1),
        text: "* file=\"\(path("a.c"))\" reason=\(path("why"))",
        reason: path("why"), until: nil, state: state, count: 1)
    }
    report.baseline = BaselineUse(source: path("baseline.json"))
    return report
  }

  private static let formats = ["text", "json", "sarif", "junit", "github", "markdown", "html"]

  private func written(_ report: Report, as format: String) -> String {
    switch format {
    case "json": json(report)
    case "sarif": sarif(report)
    case "junit": junit(report)
    case "github": github(report)
    case "markdown": markdown(report)
    case "html": html(report)
    default: rendered(report, TextReport.Style())
    }
  }

  @Test(arguments: formats) func noFormatShowsWhatIsLeftOut(format: String) {
    #expect(written(Self.report, as: format).contains(Self.folder))
    let redacted = written(Self.report.redacted(Redaction.allCases), as: format)
    #expect(!redacted.contains(Self.folder) && !redacted.contains(Self.argument))
    #expect(redacted.contains("Journal.swift"))
  }

  @Test func argumentsStandOnlyWhereProgramsReadThem() {
    #expect(Self.formats.filter { written(Self.report, as: $0).contains(Self.argument) } == ["json", "sarif"])
  }

  /// What is left out is left out of the value: no format and no other program has to know of it.
  @Test func nothingLeftOutIsInTheValue() {
    let value = String(reflecting: Self.report.redacted(Redaction.allCases))
    #expect(!value.contains(Self.folder) && !value.contains(Self.argument))
  }

  /// Without its folder nobody knows whether a file lies in the project, and where.
  @Test(arguments: [true, false]) func whatIsLeftOutNamesNoFileOfTheProject(merged: Bool) throws {
    var finding = lockFinding()
    finding.acquired = Stack(complete: true, frames: [own("f", 20, 3, file: "/src/app/sub/fl.c")])
    finding.created = nil
    var report = sampleReport([finding]).redacted([.paths])
    if merged { report = Report(process: nil, children: [report]) }
    let (commands, _) = githubCommands(github(report))
    let command = try #require(commands.first)
    #expect(command.properties.keys.sorted() == ["title"])
    #expect(command.message.contains("fl.c:20:3"))
    let text = sarif(report)
    #expect(try sarifMistakes(text).isEmpty)
    #expect(!text.contains("\"uri\"") && !text.contains("\"region\""))
    #expect(text.contains("fl.c:20:3"))
  }
}
