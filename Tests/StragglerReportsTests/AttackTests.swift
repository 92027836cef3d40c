// Names that want to be more than names, through every format at once.

import Foundation
import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

/// A report in which everything that an observed program chooses is the attack.
private func attacked(_ evil: String) -> Report {
  let name = ThreadName(number: 3, id: 4713, name: evil)
  let frames = [
    Frame(function: evil, mangledFunction: evil, module: evil, address: 1),
    own(evil, 1, 1, file: "/src/app/" + evil), own(evil, 2, 2, file: evil),
  ]
  let stack = Stack(complete: false, frames: frames)
  let wait = ReportedWait(kind: .mutex, name: evil, address: 1, holders: [name])
  var finding = lockFinding()
  finding.message = "thread \"\(evil)\" was abandoned"
  finding.fingerprint = evil
  finding.thread = sampleThread(name)
  finding.resource = ReportedResource(
    kind: .file, mode: .write, name: evil, address: 1,
    file: ReportedResource.File(path: evil, descriptor: 3, unflushedBytes: 1, unsyncedBytes: nil))
  (finding.acquired, finding.created, finding.stopped) = (stack, stack, stack)
  (finding.waitingFor, finding.waiters, finding.similar) = (wait, [name, mainName], [name])
  var deadlock = finding
  deadlock.rule = .deadlockedExit
  deadlock.circle = [ReportedLink(thread: name, waitingFor: wait, stopped: stack, acquired: stack)]
  var note = finding
  note.level = .note
  var report = sampleReport([finding, deadlock, note])
  report.tool = Tool(name: "straggler", version: evil)
  report.process?.executable = evil
  report.process?.arguments = [evil]
  report.threads = [ListedThread(thread: sampleThread(name), holds: 1)]
  report.unseen = [evil]
  report.suppressed = [finding]
  var child = report
  child.process?.executable = "/bin/" + evil
  child.findings = [note]
  child.suppressed = []
  report.children = [child]
  return report
}

/// All that the formats write, each with what is wrong with it by its own strict reader.
private func mistakes(in report: Report, _ evil: String) throws -> [String] {
  var mistakes: [String] = []
  func add(_ format: String, _ found: [String]) { mistakes += found.map { "\(format): \($0)" } }

  if json(try JSONReport.decode(Array(json(report).utf8))) != json(report) { add("json", ["another report"]) }
  add("sarif", try sarifMistakes(sarif(report)))
  add("junit", junitMistakes(junit(report)))
  add("github", githubCommands(github(report)).mistakes)
  if markup(markdown(report)).contains("EVIL") { add("markdown", ["a name outside of code"]) }
  let page = HTMLPage(
    {
      var text = ""
      HTMLReport(folder: "/src/app") { _ in [evil, evil] }.write(report) { text += $0 }
      return text
    }())
  add("html", page.mistakes)
  if !page.text.contains("EVIL") { add("html", ["the name is not shown"]) }

  var text = ""
  TextReport { _ in [evil, evil] }.write(report) { text += $0 }
  for (format, text) in [
    ("text", text), ("json", json(report)), ("sarif", sarif(report)), ("junit", junit(report)),
    ("github", github(report)), ("markdown", markdown(report)), ("html", html(report)),
  ] {
    if let scalar = text.unicodeScalars.first(where: acts) { add(format, ["U+" + String(scalar.value, radix: 16)]) }
  }
  for (format, text) in [("text", text), ("junit", junit(report)), ("markdown", markdown(report))] {
    let commands = text.split(whereSeparator: \.isNewline).map(String.init).filter {
      WorkflowCommand(line: $0) != nil || WorkflowCommand.old(in: $0)
    }
    add(format, commands.map { "a command: \($0.prefix(80))" })
  }
  return mistakes
}

/// Control characters, line ends but our own, marks that reorder or hide text.
private func acts(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x0A: false
  case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
  default: false
  }
}

@Suite struct AttackTests {
  static let attacks = [
    "\u{1B}[2J\u{1B}]0;EVIL\u{7}", "\u{9B}31mEVIL", "EVIL\n::error::EVIL", "EVIL\r\n::add-mask::EVIL",
    "\u{85}::error::EVIL",
    "\u{2028}::error::EVIL", "::error file=EVIL::EVIL", "::stop-commands::EVIL", "##[error]EVIL", "##vso[task.EVIL]",
    "##teamcity[EVIL]", "EVIL,line=1,title=x::y", "EVIL%0A::error::%0D%25", "%\u{301}0AEVIL:\u{301}:,\u{301}",
    "EVIL\"'\\", "\" onload=\"EVIL", "' onload='EVIL", "<script>alert('EVIL')</script>",
    "</style><img src=x onerror=EVIL>",
    "</pre></div></main>EVIL", "&lt;EVIL&amp;&#x3c;", "<!--EVIL", "]]>EVIL", "<![CDATA[EVIL]]>",
    "<?xml EVIL?><!DOCTYPE EVIL>", "EVIL\u{0}EVIL", "EVIL\u{1}\u{8}\u{B}\u{C}\u{E}\u{1F}\u{7F}",
    "EVIL\u{FFFE}\u{FFFF}\u{1FFFE}",
    "EVIL\u{FFFD}\u{FFFD}",
    String(decoding: [0x45, 0x56, 0x49, 0x4C, 0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80], as: UTF8.self),
    "\u{202E}EVIL\u{2066}\u{200F}\u{FEFF}", "`EVIL`", "```\nEVIL\n```", "EVIL`\u{301}``", "|EVIL|",
    "[EVIL](javascript:EVIL)",
    "![EVIL](https://EVIL)", "@EVIL #1 https://EVIL", "<details open>EVIL", "{0} {EVIL} {{1}}",
    "${EVIL} $(EVIL) `EVIL`",
    "../../EVIL", "//EVIL//", "javascript:EVIL", "C:\\EVIL", "EVIL/%2e%2e/%", "é\u{301}EVIL\u{1F468}\u{200D}\u{1F469}",
  ]

  @Test(arguments: attacks) func everyFormatTakesANameForAName(evil: String) throws {
    let found = try mistakes(in: attacked(evil), evil)
    #expect(found.isEmpty, "\(found)")
  }

  @Test func aMegabyteOfNameIsWrittenWholeOrShortened() throws {
    let long = String(repeating: "<EVIL`\u{1B}%0A>", count: (1 << 20) / 13)
    var report = sampleReport()
    report.findings[0].thread?.identity.name = long
    report.findings[0].acquired?.frames[0].function = long
    #expect(json(report).utf8.count > 2 << 20)
    #expect(try JSONSerialization.jsonObject(with: Data(sarif(report).utf8)) is [String: Any])
    let texts = [junit(report), github(report), markdown(report), html(report)]
    for text in texts { #expect(text.utf8.count < 200_000) }
    #expect(junitMistakes(texts[0]).isEmpty)
    #expect(githubCommands(texts[1]).mistakes.isEmpty)
    #expect(!markup(texts[2]).contains("EVIL"))
    #expect(HTMLPage(texts[3]).mistakes.isEmpty)
  }
}
