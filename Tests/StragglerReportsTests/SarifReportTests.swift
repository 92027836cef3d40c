// The SARIF report: held against the standard's own demands, and told where a reader looks.

import Foundation
import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

func sarif(_ report: Report) -> String {
  var text = ""
  SarifReport(folder: "/src/app") { $0.hasSuffix("Journal.swift") ? journalSource : nil }.write(report) { text += $0 }
  return text
}

/// - Throws: for what is no JSON.
func sarifMistakes(_ text: String) throws -> [String] {
  Sarif.log.mistakes(in: try JSONSerialization.jsonObject(with: Data(text.utf8)), at: "")
}

/// Values by a path of keys and indices: `runs.0.results`.
private func value(_ text: String, _ path: String) throws -> Any? {
  var value: Any? = try JSONSerialization.jsonObject(with: Data(text.utf8))
  for key in path.split(separator: ".") {
    value =
      Int(key).map { index in (value as? [Any]).flatMap { index < $0.count ? $0[index] : nil } }
      ?? (value as? [String: Any])?[String(key)]
  }
  return value
}

@Suite struct SarifReportTests {
  @Test func aReportKeepsToTheStandard() throws {
    #expect(try sarifMistakes(sarif(sampleReport())).isEmpty)
    #expect(try sarifMistakes(sarif(Report(process: nil, children: [sampleReport(), sampleReport([])]))).isEmpty)
    #expect(try sarifMistakes(sarif(Report(process: nil))).isEmpty)
  }

  @Test func theReaderOfTheTestsIsStrict() throws {
    let text = sarif(sampleReport())
    for (right, wrong) in [
      ("\"startLine\": 5", "\"startLine\": 0"), ("\"level\": \"note\"", "\"level\": \"fatal\""),
      ("\"ruleId\"", "\"ruleID\""), ("Journal.swift", "Journal swift"), ("\"2.1.0\"", "\"2.0.0\""),
      ("\"executionSuccessful\": true", "\"executionSuccessful\": 1"),
    ] {
      #expect(text.contains(right))
      #expect(try !sarifMistakes(text.replacing(right, with: wrong)).isEmpty, "\(wrong)")
    }
  }

  @Test func everyRuleIsThereWithItsHelp() throws {
    let text = sarif(sampleReport([]))
    let rules = try #require(try value(text, "runs.0.tool.driver.rules") as? [[String: Any]])
    #expect(rules.map { $0["id"] as? String } == Rule.all.map(\.id.rawValue))
    #expect(try value(text, "runs.0.tool.driver.rules.0.defaultConfiguration.level") as? String == "error")
    let help = try value(text, "runs.0.tool.driver.rules.0.help.markdown") as? String
    #expect(help?.contains("pthread_mutex_lock(&journal)") == true)
  }

  @Test func aResultSaysWhatWhereAndWho() throws {
    let text = sarif(sampleReport([lockFinding()]))
    let result = "runs.0.results.0."
    #expect(try value(text, result + "ruleIndex") as? Int == 0)
    #expect(
      try value(text, result + "message.text") as? String
        == "daemon thread \"writer\" was abandoned holding lock \"journal\"\nWaited for by main thread.")
    let place = result + "locations.0.physicalLocation."
    #expect(try value(text, place + "artifactLocation.uri") as? String == "Journal.swift")
    #expect(try value(text, place + "artifactLocation.uriBaseId") as? String == "%SRCROOT%")
    #expect(try value(text, place + "region.startLine") as? Int == 5)
    #expect(try value(text, place + "region.startColumn") as? Int == 10)
    #expect(try value(text, result + "partialFingerprints.straggler/v1") as? String == "9f2c51e07a3b4d18")
    #expect(try (value(text, result + "suppressions") as? [Any])?.isEmpty == true)
    #expect(try value(text, result + "properties.thread.name") as? String == "writer")
  }

  @Test func theFlowLeadsFromTheCreationToTheEnd() throws {
    let flows = "runs.0.results.0.codeFlows.0.threadFlows."
    let text = sarif(sampleReport([lockFinding()]))
    #expect(try value(text, flows + "0.id") as? String == "the thread that made it")
    #expect(try value(text, flows + "1.id") as? String == "thread \"writer\" (3)")
    let steps = try ["0.locations.0", "1.locations.0", "1.locations.1"].map {
      try value(text, flows + $0 + ".location.message.text") as? String
    }
    #expect(steps == ["thread created", "locked here", "cut off here"])
    #expect(try value(text, flows + "1.locations.1.executionOrder") as? Int == 3)
  }

  @Test func aDeadlockHasAFlowForEachThread() throws {
    let text = sarif(sampleReport([circleFinding()]))
    #expect(try sarifMistakes(text).isEmpty)
    let flows = try value(text, "runs.0.results.0.codeFlows.0.threadFlows") as? [[String: Any]]
    #expect(flows?.compactMap { $0["id"] as? String } == ["thread \"writer\" (3)", "main thread"])
  }

  @Test func whatWasSuppressedSaysSo() throws {
    var report = sampleReport([])
    report.suppressed = [lockFinding()]
    let text = sarif(report)
    #expect(try sarifMistakes(text).isEmpty)
    #expect(try value(text, "runs.0.results.0.suppressions.0.kind") as? String == "external")
    #expect(try value(text, "runs.0.results.0.suppressions.0.justification") == nil)
  }

  @Test func theReasonOfASuppressionIsItsJustification() throws {
    var report = sampleReport([])
    report.suppressed = ["no way to stop it", nil].map { reason in
      var finding = lockFinding()
      finding.suppression = AppliedSuppression(kind: .rule, source: "app.supp", line: 3, reason: reason)
      return finding
    }
    let text = sarif(report)
    #expect(try sarifMistakes(text).isEmpty)
    #expect(try value(text, "runs.0.results.0.suppressions.0.justification") as? String == "no way to stop it")
    #expect(try value(text, "runs.0.results.1.suppressions.0.justification") == nil)
  }

  @Test func theEndOfEveryProcessAndItsBlindSpotsAreInItsInvocation() throws {
    var report = sampleReport([], exit: sampleExit(.signal, status: nil, signal: 15))
    report.unseen = ["Synchronization.Mutex: uncontended use makes no library call"]
    report.lost = 2
    report.children = [sampleReport([noteFinding()], exit: sampleExit(.return, status: 3))]
    let text = sarif(report)
    #expect(try sarifMistakes(text).isEmpty)
    #expect(try value(text, "runs.0.invocations.0.exitSignalNumber") as? Int == 15)
    #expect(try value(text, "runs.0.invocations.1.exitCode") as? Int == 3)
    #expect(try value(text, "runs.0.results.0.provenance.invocationIndex") as? Int == 1)
    #expect(try (value(text, "runs.0.invocations.0.toolExecutionNotifications") as? [Any])?.count == 2)
  }

  @Test func aFindingWithoutAnySourceStillHasAPlace() throws {
    var finding = lockFinding()
    (finding.acquired, finding.created, finding.stopped) = (nil, nil, nil)
    let place = "runs.0.results.0.locations.0.physicalLocation.artifactLocation.uri"
    #expect(try value(sarif(sampleReport([finding])), place) as? String == "file:///build/app")
    finding.stopped = Stack(complete: false, frames: [library("epoll_wait")])
    let text = sarif(sampleReport([finding]))
    #expect(try value(text, place) as? String == "file:///lib/x86_64-linux-gnu/libc.so.6")
    #expect(try sarifMistakes(text).isEmpty)
  }

  @Test func theLocationIsOneOfTheProjectWhereThereIsAny() throws {
    var finding = lockFinding()
    finding.acquired?.frames.insert(own("vendor_take", 9, file: "/src/vendor/take.c"), at: 0)
    let place = "runs.0.results.0.locations.0.physicalLocation.artifactLocation.uri"
    #expect(try value(sarif(sampleReport([finding])), place) as? String == "Journal.swift")
  }

  @Test func pathsBecomeURIsAndOnlyThoseOfTheProjectAreRelative() throws {
    for (file, uri) in [
      ("/src/app/a b/ü%20:#?.c", "a%20b/%C3%BC%2520%3A%23%3F.c"),
      ("/src/application/x.c", "file:///src/application/x.c"),
      ("/src/app/../secret.c", "file:///src/app/../secret.c"), ("x:y.c", "x%3Ay.c"), ("./lib/x.c", "lib/x.c"),
      ("/src/app/\u{301}z/../\u{301}x.c", "%CC%81x.c"),
      ("/src/app/build/../lib/x.c", "lib/x.c"), ("/src/app/a/../../secret.c", "file:///src/app/a/../../secret.c"),
    ] {
      var finding = lockFinding()
      finding.acquired = Stack(complete: true, frames: [own("f", 1, file: file)])
      let text = sarif(sampleReport([finding]))
      #expect(try value(text, "runs.0.results.0.locations.0.physicalLocation.artifactLocation.uri") as? String == uri)
    }
  }

  @Test func columnsAreCountedAsSarifCountsThem() throws {
    var finding = lockFinding()
    finding.acquired = Stack(complete: true, frames: [own("f", 1, 6)])
    var text = ""
    SarifReport { _ in ["äö x"] }.write(sampleReport([finding])) { text += $0 }
    #expect(try value(text, "runs.0.results.0.locations.0.physicalLocation.region.startColumn") as? Int == 4)
  }

  @Test func bracesAndBracketsInNamesAreNoMarkup() throws {
    var finding = lockFinding()
    finding.message = "lock \"{0} [a](https://x)\""
    let text = try value(sarif(sampleReport([finding])), "runs.0.results.0.message.text") as? String
    #expect(text?.hasPrefix("lock \"{{0}} \\[a\\](https://x)\"") == true)
  }
}
