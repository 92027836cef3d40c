// The JSON report: its exact text, and that it is read back as it was written.

import Foundation
import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

func json(_ report: Report) -> String {
  var text = ""
  JSONReport.write(report) { text += $0 }
  return text
}

@Suite struct JSONReportTests {
  @Test func aReportIsWrittenKeyByKeyAsTheContractSays() throws {
    var finding = lockFinding()
    finding.acquired?.frames.removeLast(3)
    finding.created = nil
    finding.stopped = nil
    finding.waitingFor = ReportedWait(kind: .mutex, name: nil, address: 0x55d0_c0de_0040, holders: [mainName])
    var report = sampleReport([finding])
    report.unseen = ["Synchronization.Mutex: uncontended use makes no library call"]
    let expected = """
      {
        "schemaVersion": 1,
        "tool": {"name": "straggler", "version": "0.1.0"},
        "process": {
          "pid": 4711,
          "executable": "/build/app",
          "arguments": ["app", "--fast"],
          "exit": {"kind": "return", "status": 0, "signal": null, "phase": "frozen"},
          "uncounted": null
        },
        "findings": [
          {
            "rule": "abandoned-lock",
            "level": "error",
            "fingerprint": "9f2c51e07a3b4d18",
            "message": "daemon thread \\"writer\\" was abandoned holding lock \\"journal\\"",
            "thread": {"number": 3, "id": 4713, "name": "writer", "daemon": true, "declared": true, "state": "abandoned"},
            "resource": {"kind": "mutex", "mode": "exclusive", "name": "journal", "address": "0x7f3c76dfed40"},
            "acquired": {
              "complete": true,
              "frames": [
                \(#"{"function": "Journal.append(_:)", "file": "/src/app/Journal.swift", "line": 5, "column": 10, "#)\
      \(#""module": "/build/app", "address": "0x55ce9ba3d005", "moduleOffset": "0xd005", "inlined": false, "inferred": false}"#)
              ]
            },
            "created": null,
            "stopped": null,
            "waitingFor": {
              "kind": "mutex",
              "name": null,
              "address": "0x55d0c0de0040",
              "holders": [
                {"number": 1, "id": 4711, "name": "main"}
              ],
              "outsideHolder": null
            },
            "waiters": [
              {"number": 1, "id": 4711, "name": "main"}
            ],
            "similar": [],
            "circle": []
          }
        ],
        "suppressed": [],
        "threads": [
          \(#"{"number": 1, "id": 4711, "name": "main", "daemon": false, "declared": false, "state": "exiting", "holds": 0},"#)
          \(#"{"number": 3, "id": 4713, "name": "writer", "daemon": true, "declared": true, "state": "abandoned", "holds": 1}"#)
        ],
        "coverage": {
          "unseen": ["Synchronization.Mutex: uncontended use makes no library call"]
        },
        "lost": 0,
        "children": []
      }

      """
    #expect(json(report) == expected)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var report = sampleReport()
    report.lost = 3
    report.unseen = ["x: y"]
    report.suppressed = [noteFinding()]
    report.findings[0].resource = ReportedResource(
      kind: .file, mode: .readWrite, name: "out", address: nil,
      file: ReportedResource.File(path: "/tmp/out", descriptor: 5, unflushedBytes: 17, unsyncedBytes: nil))
    report.findings[0].circle = [
      ReportedLink(
        thread: mainName, waitingFor: ReportedWait(kind: .join, name: nil, address: nil, holders: [writerName]),
        stopped: Stack(complete: false, frames: []), acquired: nil)
    ]
    report.findings[0].count = 4
    var child = sampleReport([], exit: sampleExit(.killed, status: nil, signal: 9))
    child.children = Uncounted.allCases.map { reason in
      var uncounted = sampleReport([lockFinding()])
      uncounted.leaveUncounted(reason)
      return uncounted
    }
    report.children = [child]
    #expect(try JSONReport.decode(Array(json(report).utf8)) == report)
    let merged = Report(process: nil, children: [report])
    #expect(try JSONReport.decode(Array(json(merged).utf8)) == merged)
  }

  @Test func anIndependentDecoderReadsTheSame() throws {
    let names = ["\u{0}\u{1}\u{1F}\"\\/\n\r\t", "\u{7F}\u{9B}\u{2028}\u{202E}", "é 漢 🙂 \u{E0041}", ""]
    for name in names {
      var report = sampleReport([lockFinding()])
      report.findings[0].message = name
      let text = json(report)
      let decoded = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let findings = decoded?["findings"] as? [[String: Any]]
      #expect(findings?.first?["message"] as? String == name)
      #expect(try JSONReport.decode(Array(text.utf8)) == report)
      #expect(text.unicodeScalars.allSatisfy { ($0.value >= 0x20 || $0 == "\n") && !(0x7F...0x9F).contains($0.value) })
    }
  }

  @Test func unknownKeysAreToleratedAndAddedOnesMayBeMissing() throws {
    let text = json(sampleReport([lockFinding()]))
      .replacing("\"lost\": 0,", with: "\"lost\": 0, \"mood\": {\"of\": [1, 2.5e3, null]},")
      .replacing("\"phase\": \"frozen\"},\n    \"uncounted\": null", with: "\"phase\": \"frozen\"}")
      .replacing("      \"similar\": [],\n      \"circle\": []", with: "      \"similar\": []")
    #expect(try JSONReport.decode(Array(text.utf8)) == sampleReport([lockFinding()]))
  }

  @Test func aThousandFindingsAreWrittenAndReadQuickly() throws {
    let findings = (0..<1_000).map { _ in lockFinding() }
    let start = ContinuousClock.now
    let read = try JSONReport.decode(Array(json(sampleReport(findings)).utf8))
    let time = ContinuousClock.now - start
    #expect(read.findings.count == 1_000)
    #expect(time < .seconds(20))
  }
}
