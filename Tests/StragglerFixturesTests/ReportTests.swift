// The decoder takes what the schema promises, and nothing less.

import Testing

@testable import StragglerFixtures

/// A report as the schema lays it out, with one finding in the main process and one in a child.
let sample = """
  {
    "schemaVersion": 1,
    "tool": {"name": "straggler", "version": "0.1.0"},
    "process": {
      "pid": 4711, "executable": "/path/app", "arguments": ["app"],
      "exit": {"kind": "return", "status": 0, "signal": null, "phase": "frozen"}
    },
    "findings": [
      {
        "rule": "abandoned-lock", "level": "error", "fingerprint": "9f2c51e07a3b4d18", "message": "held",
        "thread": {"number": 3, "id": 4713, "name": "writer", "daemon": true, "declared": true, "state": "abandoned"},
        "resource": {"kind": "mutex", "mode": "exclusive", "name": "journal", "address": "0x7f3c76dfed40"},
        "acquired": {"complete": true, "frames": [
          {"function": "Journal.append(_:)", "file": "a.swift", "line": 14, "column": 9,
           "module": "app", "address": "0x55ce9ba3d790", "inlined": false, "inferred": false}]},
        "created": {"complete": true, "frames": []},
        "stopped": null, "waitingFor": null, "waiters": [],
        "similar": [{"number": 4, "id": 4714, "name": "writer-2"}], "newKey": 1
      }
    ],
    "suppressed": [], "threads": [], "coverage": {"unseen": ["its own"]}, "lost": 0,
    "children": [
      {
        "process": {"pid": 4712, "executable": "/path/child", "arguments": [],
                    "exit": {"kind": "signal", "status": null, "signal": 6, "phase": "running"}},
        "findings": [
          {"rule": "abandoned-file", "level": "note", "fingerprint": "1", "message": "open", "thread": null,
           "resource": {"kind": "file", "mode": "read", "name": null, "address": null, "path": "/etc/hosts"},
           "acquired": {"complete": false, "frames": []}, "created": null,
           "stopped": {"complete": false, "frames": [{"function": null, "line": null}]},
           "waitingFor": null, "waiters": [], "similar": []}
        ],
        "suppressed": [], "threads": [], "coverage": {"unseen": ["its child's"]}, "lost": 2, "children": []
      }
    ]
  }
  """

@Suite("The report's decoder")
struct ReportTests {
  @Test("Findings of the process and of its children are read with what a fixture asks for")
  func sampleReport() throws {
    let report = try Report(json: Array(sample.utf8))
    #expect(report.process == Report.Process(executable: "/path/app", exit: .init(kind: .return)))
    #expect(report.unseen == ["its own", "its child's"])
    #expect(
      report.findings == [
        Report.Finding(
          rule: "abandoned-lock", level: .error, message: "held", threads: ["writer", "writer-2"],
          resource: Report.Resource(kind: .mutex, mode: .exclusive, name: "journal"),
          frames: [Report.Frame(function: "Journal.append(_:)", line: 14)], executable: "/path/app"),
        Report.Finding(
          rule: "abandoned-file", level: .note, message: "open", threads: [],
          resource: Report.Resource(kind: .file, mode: .read, path: "/etc/hosts"),
          frames: [Report.Frame(function: nil, line: nil)], executable: "/path/child"),
      ])
  }

  @Test(
    "A report that breaks the schema is refused, and the place is named",
    arguments: [
      ("\"schemaVersion\": 1", "\"schemaVersion\": 2", "schema version 1, found 2"),
      ("\"schemaVersion\": 1,", "", "schemaVersion"),
      ("\"findings\": [\n    {\n      \"rule\"", "\"findings\": [\n    {\n      \"ruel\"", "findings.0"),
      ("\"level\": \"error\"", "\"level\": \"fatal\"", "findings.0.level"),
      ("\"kind\": \"mutex\"", "\"kind\": \"lock\"", "findings.0.resource.kind"),
      ("\"kind\": \"return\"", "\"kind\": \"left\"", "process.exit.kind"),
      ("\"name\": \"writer\", ", "", "findings.0.thread"),
      ("\"fingerprint\": \"9f2c51e07a3b4d18\", ", "", "fingerprint"),
      ("\"line\": 14", "\"line\": \"14\"", "findings.0.acquired.frames.0.line"),
      ("\"lost\": 2", "\"lost\": null", "children.0.lost"),
      ("\"similar\": []", "\"similar\": null", "children.0.findings.0.similar"),
      ("\"stopped\": null, ", "", "stopped"),
      ("{\"unseen\": [\"its own\"]}", "{}", "unseen"), ("[\"its child's\"]", "[null]", "coverage.unseen"),
    ])
  func broken(part: String, replacement: String, expected: String) throws {
    let text = sample.replacing(part, with: replacement, maxReplacements: 1)
    try #require(text != sample)
    let error = try #require(throws: ReportError.self) { try Report(json: Array(text.utf8)) }
    #expect(error.description.contains(expected), "\(error)")
  }

  @Test("What is no report at all is refused", arguments: ["", "{", "[]", "null", "text"])
  func noReport(text: String) {
    #expect(throws: ReportError.self) { try Report(json: Array(text.utf8)) }
  }

  @Test("A merged report is no run of a fixture")
  func merged() throws {
    let start = try #require(sample.firstRange(of: "\"process\": {")).lowerBound
    let end = try #require(sample.firstRange(of: "\"findings\"")).lowerBound
    let text = sample[..<start] + "\"process\": null, " + sample[end...]
    let error = try #require(throws: ReportError.self) { try Report(json: Array(text.utf8)) }
    #expect(error.description.contains("process"))
  }
}
