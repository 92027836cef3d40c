// The GitHub report: what GitHub's runner makes of each line.

import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

func github(_ report: Report) -> String {
  var text = ""
  GitHubReport(folder: "/src/app").write(report) { text += $0 }
  return text
}

/// A workflow command, read as the runner reads it: of each line that begins with two colons, after white space.
struct WorkflowCommand: Equatable {
  var name: String
  var properties: [String: String] = [:]
  var message: String

  /// - Returns: nil for a line that is none.
  init?(line: String) {
    let scalars = Array(line.unicodeScalars.drop { $0.properties.isWhitespace })
    guard scalars.prefix(2) == [":", ":"] else { return nil }
    let rest = Array(scalars.dropFirst(2))
    guard let end = rest.indices.dropLast().first(where: { rest[$0] == ":" && rest[$0 + 1] == ":" }) else { return nil }
    let head = Self.text(rest[..<end])
    let parts = head.split(separator: " ", maxSplits: 1)
    name = parts.isEmpty ? "" : String(parts[0])
    message = Self.unescaped(Self.text(rest[(end + 2)...]))
    for pair in parts.count < 2 ? [] : parts[1].unicodeScalars.split(separator: ",") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, properties[String(halves[0])] == nil else { return nil }
      properties[String(halves[0])] = Self.unescaped(String(halves[1]))
    }
  }

  /// Commands of the runner's old form are found anywhere in a line.
  static func old(in line: String) -> Bool { line.contains("##[") || line.contains("##vso[") }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
  }

  private static func unescaped(_ text: String) -> String {
    [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")].reduce(text) {
      $0.replacing($1.0, with: $1.1)
    }
  }
}

/// - Returns: The commands, and what is wrong.
func githubCommands(_ text: String) -> ([WorkflowCommand], mistakes: [String]) {
  var commands: [WorkflowCommand] = []
  var mistakes: [String] = []
  // The runner reads lines; whoever takes more than a line feed for a line's end must not find commands, either.
  for line in text.split(whereSeparator: \.isNewline).map(String.init) {
    if let command = WorkflowCommand(line: line) {
      commands.append(command)
      if !["error", "warning", "notice"].contains(command.name) { mistakes.append("command \(command.name)") }
      let unknown = Set(command.properties.keys).subtracting(["file", "line", "col", "title"])
      if !unknown.isEmpty || command.properties["title"]?.hasPrefix("straggler") != true {
        mistakes.append("properties \(command.properties.keys)")
      }
    } else if !line.hasPrefix("straggler: ") || WorkflowCommand.old(in: line) {
      mistakes.append(line)
    }
  }
  return (commands, mistakes)
}

@Suite struct GitHubReportTests {
  @Test func anErrorIsAnAnnotationOfItsLine() throws {
    let (commands, mistakes) = githubCommands(github(sampleReport([lockFinding()])))
    #expect(mistakes.isEmpty)
    let command = try #require(commands.first)
    #expect(command.name == "error")
    #expect(
      command.properties == [
        "file": "Journal.swift", "line": "5", "col": "10", "title": "straggler: abandoned-lock",
      ])
    #expect(command.message.hasPrefix("daemon thread \"writer\" was abandoned holding lock \"journal\"\n  locked at "))
    #expect(command.message.hasSuffix("join it before main returns.\nin app (pid 4711)"))
  }

  @Test func aNoteIsANotice() {
    #expect(githubCommands(github(sampleReport([noteFinding()]))).0.map(\.name) == ["notice"])
  }

  @Test func theHeaviestComeFirstAndNoMoreThanAreShown() {
    var report = sampleReport(Array(repeating: noteFinding(), count: 12))
    report.children = [sampleReport(Array(repeating: lockFinding(), count: 11))]
    let text = github(report)
    #expect(
      githubCommands(text).0.map(\.name) == Array(repeating: "error", count: 10) + Array(repeating: "notice", count: 10)
    )
    #expect(text.contains("\nstraggler: 3 findings have no annotation here\n"))
    #expect(githubCommands(text).mistakes.isEmpty)
  }

  @Test func aCleanRunHasNoCommand() {
    #expect(github(sampleReport([])) == "straggler: app (pid 4711) returned 0 and left nothing behind\n")
  }

  @Test func lossesAreAWarning() {
    var report = sampleReport([])
    report.lost = 3
    #expect(githubCommands(github(report)).0.map(\.name) == ["warning"])
  }

  @Test func aFindingWithoutSourceHasNoPlace() {
    var finding = lockFinding()
    finding.acquired = Stack(complete: false, frames: [library("f")])
    (finding.created, finding.stopped) = (nil, nil)
    #expect(githubCommands(github(sampleReport([finding]))).0[0].properties == ["title": "straggler: abandoned-lock"])
  }

  /// glibc's debug information names files that no checkout has.
  @Test func anAnnotationNamesNoFileOfALibrary() {
    let file = "../sysdeps/unix/sysv/linux/epoll_wait.c"
    let wait = Frame(
      function: "epoll_wait", file: file, line: 30, module: "/lib/x86_64-linux-gnu/libc.so.6", address: 1)
    var finding = noteFinding()
    (finding.created, finding.stopped) = (nil, Stack(complete: true, frames: [wait] + start))
    #expect(properties(finding) == ["title": "straggler: abandoned-thread"])
    finding.stopped?.frames.insert(own("poll_events", 12, 5, file: "/src/app/pool.c"), at: 1)
    #expect(properties(finding)?["file"] == "pool.c")
  }

  @Test(arguments: ["/src/vendor/pool.c", "../vendor/pool.c", "/src/app/../vendor/pool.c"])
  func codeOfAnotherProjectIsNotAnnotatedButItsCaller(foreign: String) {
    var finding = lockFinding()
    finding.acquired?.frames.insert(own("vendor_take", 9, file: foreign), at: 0)
    #expect(properties(finding)?["file"] == "Journal.swift")
    #expect(properties(finding)?["line"] == "5")
  }

  @Test func codeThatLiesElsewhereIsNamedAsItIs() {
    var finding = lockFinding()
    finding.acquired = Stack(complete: true, frames: [own("take", 9, file: "/elsewhere/take.c")])
    #expect(properties(finding)?["file"] == "/elsewhere/take.c")
  }

  /// Where it was compiled nobody knows: no checkout is its folder.
  @Test func aRelativePathThatLeavesTheProjectIsNone() {
    var finding = lockFinding()
    finding.acquired = Stack(complete: true, frames: [own("take", 9, file: "../vendor/take.c")])
    (finding.stopped, finding.created) = (nil, nil)
    #expect(properties(finding)?["file"] == nil)
  }

  @Test(arguments: ["./lib/take.c", "lib/./take.c", "build/../lib/take.c", "/src/app/./lib/take.c"])
  func aPathIsNamedWithoutWaysRound(file: String) {
    var finding = lockFinding()
    finding.acquired = Stack(complete: true, frames: [own("take", 9, file: file)])
    #expect(properties(finding)?["file"] == "lib/take.c")
  }

  private func properties(_ finding: Finding) -> [String: String]? {
    githubCommands(github(sampleReport([finding]))).0.first?.properties
  }

  @Test func whatSeparatesPropertiesIsEscaped() {
    var finding = lockFinding()
    finding.acquired = Stack(complete: true, frames: [own("f", 3, file: "/src/app/a,b:c=%0A%.c")])
    #expect(githubCommands(github(sampleReport([finding]))).0[0].properties["file"] == "a,b:c=%0A%.c")
  }
}
