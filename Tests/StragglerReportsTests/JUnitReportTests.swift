// The JUnit report: what a CI system reads out of it.

import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

func junit(_ report: Report, failOn: Level? = .error) -> String {
  var text = ""
  let fails = { (finding: Finding) in failOn.map { finding.level >= $0 } ?? false }
  JUnitReport(fails: fails, folder: "/src/app") { $0.hasSuffix("Journal.swift") ? journalSource : nil }
    .write(report) { text += $0 }
  return text
}

/// What is wrong with a report: elements, attributes and numbers as the readers of the format want them.
func junitMistakes(_ text: String) -> [String] {
  guard let root = XMLTree.read(text) else { return ["no XML"] }
  let attributes: [String: Set<String>] = [
    "testsuites": ["name", "tests", "failures", "errors", "skipped"],
    "testsuite": ["name", "tests", "failures", "errors", "skipped"], "properties": [], "property": ["name", "value"],
    "testcase": ["classname", "name"], "failure": ["type", "message"], "system-out": [],
  ]
  let content: [String: Set<String>] = [
    "testsuites": ["testsuite"], "testsuite": ["properties", "testcase", "system-out"], "properties": ["property"],
    "testcase": ["failure", "system-out"],
  ]
  func check(_ element: XMLTree) -> [String] {
    var mistakes: [String] = []
    if attributes[element.name] != Set(element.attributes.keys) { mistakes.append("attributes of \(element.name)") }
    if !Set(element.children.map(\.name)).isSubset(of: content[element.name] ?? []) {
      mistakes.append("content of \(element.name)")
    }
    if let tests = element.attributes["tests"] {
      let cases = element.all("testcase")
      if Int(tests) != cases.count { mistakes.append("number of tests") }
      let failed = cases.count { $0.children.contains { $0.name == "failure" } }
      if element.attributes["failures"] != String(failed) { mistakes.append("number of failures") }
    }
    return mistakes + element.children.flatMap(check)
  }
  let cases = root.all("testcase").map { "\($0.attributes["classname"] ?? "") \($0.attributes["name"] ?? "")" }
  return check(root) + (root.name == "testsuites" ? [] : ["the root"])
    + (Set(cases).count == cases.count ? [] : ["two test cases of one name"])
}

@Suite struct JUnitReportTests {
  @Test func aReportIsReadByAStrictReader() {
    #expect(junitMistakes(junit(sampleReport())).isEmpty)
    #expect(junitMistakes(junit(Report(process: nil))).isEmpty)
    #expect(junitMistakes("<testsuites/>") != [])
    #expect(junitMistakes(junit(sampleReport()).replacing("failures=\"1\"", with: "failures=\"2\"")) != [])
  }

  @Test func everyRuleIsATestSoThatACleanRunIsSeen() throws {
    let root = try #require(XMLTree.read(junit(sampleReport([]))))
    #expect(root.all("testcase").map { $0.attributes["name"] } == Rule.all.map(\.id.rawValue))
    #expect(root.all("failure").isEmpty)
    #expect(root.attributes["failures"] == "0")
  }

  @Test func aFindingThatFailsTheRunIsAFailureAndOthersAreOutput() throws {
    let root = try #require(XMLTree.read(junit(sampleReport())))
    let failure = try #require(root.all("failure").first)
    #expect(root.all("failure").count == 1)
    #expect(failure.attributes["type"] == "abandoned-lock")
    #expect(failure.attributes["message"] == "daemon thread \"writer\" was abandoned holding lock \"journal\"")
    #expect(failure.text.contains("  locked at Journal.swift:5:10 in Journal.append(_:)\n    4 |   func append"))
    let passed = try #require(root.all("testcase").first { $0.attributes["name"] == "abandoned-thread" })
    #expect(passed.all("system-out").first?.text.hasPrefix("note: thread 4 (poll_events)") == true)
    #expect(XMLTree.read(junit(sampleReport(), failOn: .note))?.all("failure").count == 2)
    #expect(XMLTree.read(junit(sampleReport(), failOn: nil))?.all("failure").isEmpty == true)
  }

  @Test func severalFindingsOfARuleAreOneFailure() throws {
    let text = junit(sampleReport([lockFinding(), lockFinding(), lockFinding()]))
    let failures = try #require(XMLTree.read(text)?.all("failure"))
    #expect(failures.count == 1)
    #expect(failures[0].attributes["message"]?.hasSuffix("\"journal\" (and 2 more)") == true)
    #expect(failures[0].text.ranges(of: "[abandoned-lock]").count == 3)
  }

  @Test func everyProcessIsASuiteOfItsOwnName() throws {
    var report = sampleReport([])
    report.children = [sampleReport([lockFinding()]), sampleReport([])]
    let text = junit(report)
    #expect(junitMistakes(text).isEmpty)
    #expect(XMLTree.read(text)?.all("testsuite").map { $0.attributes["name"] } == ["app", "app (2)", "app (3)"])
  }

  @Test func whatWasSuppressedAndWhatWasNotSeenIsOutput() throws {
    var report = sampleReport([])
    report.suppressed = [lockFinding()]
    report.unseen = ["Synchronization.Mutex: uncontended use makes no library call"]
    let root = try #require(XMLTree.read(junit(report)))
    let outputs = root.all("system-out").map(\.text)
    #expect(outputs.contains { $0.hasPrefix("suppressed: error: daemon thread") })
    #expect(outputs.contains { $0.hasPrefix("not seen: Synchronization.Mutex") })
    #expect(root.all("failure").isEmpty)
  }

  @Test func lossesAreOutputOfTheProcessThatHadThem() throws {
    var report = sampleReport([])
    report.children = [sampleReport([])]
    #expect(XMLTree.read(junit(report))?.all("system-out").isEmpty == true)
    report.children[0].lost = 1
    let text = junit(report)
    #expect(junitMistakes(text).isEmpty)
    let suites = try #require(XMLTree.read(text)).all("testsuite")
    let expected = "incomplete: the recorder had no room for 1 entry: more may have been left behind"
    #expect(suites.map { $0.all("system-out").map(\.text) } == [[], [expected]])
  }
}
