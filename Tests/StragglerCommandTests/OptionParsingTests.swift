// What is typed, and what is meant by it.

internal import ArgumentParser
internal import StragglerAnalysis
internal import Testing

@testable internal import straggler

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("10s", Duration.seconds(10)), ("500ms", .milliseconds(500)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
    ("1.5s", .milliseconds(1500)), ("0.25ms", .microseconds(250)),
  ])
  func aNumberAndAUnitAreADuration(text: String, duration: Duration) throws {
    #expect(try DurationText.parse(text) == duration)
  }

  @Test(arguments: [
    "", "s", "10", "10 s", "-1s", "1.s", ".5s", "1.2.3s", "10x", "1e3s", "٣s", "99999999999999999999s", "0s",
    "9999999h",
  ])
  func anythingElseIsRefused(text: String) {
    #expect(throws: CommandFailure.self) { try DurationText.parse(text) }
  }
}

@Suite struct ShellWordsTests {
  @Test(
    arguments: [
      ("", []), ("  \t\n ", []), ("a b", ["a", "b"]), ("  a  b  ", ["a", "b"]),
      ("'a b' c", ["a b", "c"]), ("\"a b\" c", ["a b", "c"]), ("a\\ b", ["a b"]), ("''", [""]), ("a''b", ["ab"]),
      ("--report 'json=my leaks.json'", ["--report", "json=my leaks.json"]),
      ("--report=json='it'\\''s.json'", ["--report=json=it's.json"]),
      ("\"a\\\"b\\\\c\\$d\\`e\\f\"", ["a\"b\\c$d`e\\f"]), ("$HOME *", ["$HOME", "*"]), ("a\\\nb", ["ab"]),
      ("'\\'", ["\\"]),
    ] as [(String, [String])])
  func wordsAreSplitAsTheShellDoes(line: String, words: [String]) throws {
    #expect(try ShellWords.split(line) == words)
  }

  @Test(arguments: ["'a", "\"a", "a\\", "\"a\\"])
  func whatIsNotClosedIsRefused(line: String) {
    #expect(throws: CommandFailure.self) { try ShellWords.split(line) }
  }
}

@Suite struct ReportRequestTests {
  @Test func textNeedsNoFile() throws {
    #expect(try ReportRequest.parse("text") == .usual)
    #expect(try ReportRequest.parse("text=a=b") == ReportRequest(format: .text, target: .file("a=b")))
    #expect(try ReportRequest.parse("json=-") == ReportRequest(format: .json, target: .standardOutput))
  }

  @Test(arguments: [
    ("json", "json needs a file: --report json=FILE"), ("json=", "the name of the file is missing: json=FILE"),
    ("pdf=x", "there is no format 'pdf'; known: text, json, sarif, junit, github, markdown, html"),
    ("", "there is no format ''; known: text, json, sarif, junit, github, markdown, html"),
    ("html", "html needs a file: --report html=FILE"),
  ])
  func aMistakeIsNamed(text: String, message: String) {
    #expect(throws: CommandFailure(message)) { try ReportRequest.parse(text) }
  }
}

@Suite struct ProcessFilterTests {
  @Test(arguments: [
    "/usr/bin/clang", "/opt/toolchain/usr/bin/swift-frontend", "/usr/bin/x86_64-linux-gnu-gcc-12", "/usr/bin/ld.gold",
    "/usr/lib/gcc/x86_64-linux-gnu/12/cc1", "/usr/bin/git", "/usr/bin/cmake", "/usr/bin/ninja", "/usr/bin/make",
  ])
  func toolsDontCountUnlessNamed(path: String) throws {
    #expect(ProcessFilter().reasonNotToCount(path) == .tool)
    #expect(ProcessFilter(only: [path]).counts(path))
    #expect(ProcessFilter(only: ["*"]).counts(path))
    #expect(ProcessFilter(ignored: [path]).reasonNotToCount(path) == .ignore)
  }

  @Test(arguments: ["/home/a/app", "/usr/bin/python3.11", "/srv/swift-server", "/usr/bin/sh", "/x/makefile-test", ""])
  func everythingElseCounts(path: String) {
    #expect(ProcessFilter().counts(path))
  }

  @Test func onlyAndIgnoreMatchThePathOrItsLastComponent() {
    let filter = ProcessFilter(only: ["app*", "/srv/*/server"], ignored: ["*-old"])
    #expect(filter.counts("/home/a/app2"))
    #expect(filter.counts("/srv/one/server"))
    #expect(filter.reasonNotToCount("/srv/server") == .only)
    #expect(filter.reasonNotToCount("/home/a/other") == .only)
    #expect(filter.reasonNotToCount("/home/a/app-old") == .ignore)
  }
}

@Suite struct RunOptionsTests {
  @Test func optionsFromTheEnvironmentAreThoseOfTheCommandLine() throws {
    let options = try RunOptions.parse(
      environmentValue: "--report 'json=a b' --fail-on warning --leak-status 9 --exit-timeout 2s --only x --ignore y")
    #expect(options.reporting.reports == [ReportRequest(format: .json, target: .file("a b"))])
    #expect(options.reporting.failOn == .warning)
    #expect(options.reporting.leakStatus == 9)
    #expect(options.exitTimeout == .seconds(2))
    #expect(options.filter == ProcessFilter(only: ["x"], ignored: ["y"]))
  }

  @Test func withoutOptionsTheUsualOnesHold() throws {
    let options = try RunOptions.parse(environmentValue: "")
    #expect(options.reporting.reports == [.usual])
    #expect(options.reporting.failOn.level == .error)
    #expect(options.reporting.leakStatus == 23)
    #expect(options.exitTimeout == nil)
  }

  @Test(arguments: ["--nope", "'open", "--report json", "--help", "stray", "--leak-status 0"])
  func aMistakeInTheEnvironmentNamesTheVariable(line: String) {
    let error = #expect(throws: CommandFailure.self) { try RunOptions.parse(environmentValue: line) }
    #expect(error?.description.hasPrefix("STRAGGLER_OPTIONS: ") == true)
  }
}
