// When a run is as its fixture states, and how it is said that it is not.

import Testing

@testable import StragglerFixtures

private func finding(
  _ rule: String = "abandoned-lock", level: Report.Level = .error, threads: [String] = ["writer"],
  resource: Report.Resource? = Report.Resource(kind: .mutex, mode: .exclusive, name: "journal"),
  frames: [Report.Frame] = [
    Report.Frame(function: "app::Journal::append(int)", line: 14), Report.Frame(function: "start_routine", line: 30),
  ], executable: String = "/path/app"
) -> Report.Finding {
  Report.Finding(
    rule: rule, level: level, message: "left", threads: threads, resource: resource, frames: frames,
    executable: executable)
}

private func mismatches(
  of directives: String, findings: [Report.Finding] = [], unseen: [String] = [], status: Int = 0, output: String = ""
) throws -> [String] {
  let fixture = try Fixture(
    parsing: directives.split(separator: "\n").map { "// " + $0 }.joined(separator: "\n"), file: "f", rules: rules)
  let process = Report.Process(executable: "/path/app", exit: .init(kind: .return))
  return fixture.mismatches(
    with: Outcome(
      exitStatus: status, output: output, report: Report(process: process, findings: findings, unseen: unseen)))
}

@Suite("A run held against its fixture")
struct ExpectationTests {
  @Test(
    "A finding with the stated values is as stated",
    arguments: [
      "", "thread=writer", "resource=journal", "level=error", "kind=mutex", "mode=exclusive", "process=app",
      "process=/path/app", "function=append", "function=Journal::append", "function=app::Journal::append",
      "function='app::Journal::append(int)'", "line=14", "function=append line=14", "line=30",
      "function=start_routine line=30", "thread=writer resource=journal level=error kind=mutex",
    ])
  func asStated(values: String) throws {
    #expect(try mismatches(of: "FINDING: abandoned-lock " + values, findings: [finding()]) == [])
  }

  @Test(
    "One value that differs is a mismatch that shows what was found",
    arguments: [
      "thread=reader", "thread=write", "resource=journa", "level=warning", "kind=file", "mode=shared", "process=ap",
      "process=path/app", "function=ppend", "function=journal::append", "line=15", "function=append line=30",
      "thread=writer line=15",
    ])
  func differs(values: String) throws {
    let found = try mismatches(of: "FINDING: abandoned-lock " + values, findings: [finding()])
    try #require(found.count == 1)
    #expect(found[0].contains("expected exactly one such finding, found 0"))
    #expect(found[0].contains("FINDING (line 1)"))
    #expect(found[0].contains("abandoned-lock thread=\"writer\" resource=\"journal\" level=\"error\""))
  }

  @Test("A finding of another rule is not the stated one")
  func otherRule() throws {
    #expect(try mismatches(of: "FINDING: abandoned-lock", findings: [finding("held-at-exit")]).count == 1)
  }

  @Test("A finding is exactly one; count= says how many else", arguments: 0...3)
  func counts(found: Int) throws {
    let findings = Array(repeating: finding(), count: found)
    #expect(try mismatches(of: "FINDING: abandoned-lock", findings: findings).isEmpty == (found == 1))
    #expect(try mismatches(of: "FINDING: abandoned-lock count=2", findings: findings).isEmpty == (found == 2))
  }

  @Test("Similar findings are one, known by the name of any of their threads")
  func similar() throws {
    let findings = [finding(threads: ["pool-1", "pool-2"])]
    #expect(try mismatches(of: "FINDING: abandoned-lock thread=pool-2", findings: findings) == [])
  }

  @Test("A file is known by its path and by its name", arguments: ["/tmp/x/log.txt", "log.txt"])
  func files(name: String) throws {
    let file = Report.Resource(kind: .file, mode: .write, path: "/tmp/x/log.txt")
    let findings = [finding("abandoned-file", resource: file)]
    #expect(try mismatches(of: "FINDING: abandoned-file resource=\(name)", findings: findings) == [])
    #expect(try mismatches(of: "FINDING: abandoned-file resource=og.txt", findings: findings).count == 1)
  }

  @Test("What a finding does not have it does not match")
  func absentValues() throws {
    let bare = finding(threads: [], resource: nil, frames: [Report.Frame(function: nil, line: nil)])
    for key in ["thread=w", "resource=r", "kind=mutex", "mode=exclusive", "function=f", "line=1"] {
      #expect(try mismatches(of: "FINDING: abandoned-lock \(key)", findings: [bare]).count == 1, "\(key)")
    }
  }

  @Test("NO-FINDING looks at every level, and at no other rule")
  func absentRule() throws {
    let note = finding("abandoned-thread", level: .note)
    #expect(try mismatches(of: "NO-FINDING: abandoned-lock", findings: [note]) == [])
    #expect(try mismatches(of: "NO-FINDING: abandoned-thread", findings: [note]).count == 1)
  }

  @Test("CLEAN allows notes and nothing above them")
  func clean() throws {
    #expect(try mismatches(of: "CLEAN:", findings: [finding(level: .note)]) == [])
    #expect(try mismatches(of: "CLEAN:", findings: [finding(level: .warning)]).count == 1)
    #expect(try mismatches(of: "EXIT: 0", findings: [finding(level: .error)]) == [])
  }

  @Test("UNSEEN looks for a part of one line, NO-UNSEEN at every line")
  func unseenLines() throws {
    let lines = ["2 open files: the recorder had no room for them", "locks that plugin.so takes"]
    #expect(try mismatches(of: "UNSEEN: open files\nUNSEEN: plugin.so", unseen: lines) == [])
    let missing = try mismatches(of: "UNSEEN: open sockets", unseen: lines)
    #expect(missing.count == 1)
    #expect(missing.first?.contains("\"open sockets\"") == true)
    #expect(missing.first?.contains("  | locks that plugin.so takes") == true)
    #expect(try mismatches(of: "UNSEEN: anything", unseen: []).first?.hasSuffix("\n  nothing") == true)
    #expect(try mismatches(of: "NO-UNSEEN: open sockets", unseen: lines) == [])
    #expect(try mismatches(of: "NO-UNSEEN: plugin", unseen: lines).first?.contains("plugin.so takes") == true)
  }

  @Test("The status is compared")
  func status() throws {
    #expect(try mismatches(of: "EXIT: 23", status: 23) == [])
    #expect(try mismatches(of: "EXIT: 23", status: 0) == ["EXIT: expected status 23, found 0"])
    #expect(try mismatches(of: "CLEAN:", status: 1) == ["EXIT: expected status 0, found 1"])
  }

  @Test("Lines of output may have others between them, and must be in order")
  func output() throws {
    let directives = "OUTPUT: one\nOUTPUT: two"
    #expect(try mismatches(of: directives, output: "zero\none\nmore\ntwo\nrest\n") == [])
    #expect(try mismatches(of: directives, output: "one\r\ntwo") == [])
    #expect(try mismatches(of: directives, output: "two\none\n").count == 1)
    #expect(try mismatches(of: directives, output: "one two\n").count == 1)
    #expect(try mismatches(of: "OUTPUT: one\nOUTPUT: one", output: "one\n").count == 1)
    #expect(try mismatches(of: "OUTPUT: one", output: "") == ["OUTPUT: expected the line \"one\", found\n  nothing"])
  }

  @Test("Everything that differs is said at once")
  func all() throws {
    let directives =
      "FINDING: abandoned-lock\nNO-FINDING: abandoned-file\nCLEAN:\nOUTPUT: x\nEXIT: 3\nUNSEEN: a\nNO-UNSEEN: b"
    #expect(try mismatches(of: directives, findings: [finding("abandoned-file")], unseen: ["b"]).count == 7)
  }
}
