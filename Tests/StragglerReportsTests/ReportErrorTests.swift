// What is said of files that are no report.

import StragglerAnalysis
@testable import StragglerReports
import Testing

@Suite struct ReportErrorTests {
  private func error(_ text: String) -> ReportError? {
    error(Array(text.utf8))
  }

  private func error(_ bytes: [UInt8]) -> ReportError? {
    do {
      _ = try JSONReport.decode(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func everyCutIsSaidToBeTruncated() {
    let text = Array(json(sampleReport()).utf8)
    let end = text.count - 2  // the closing brace; the line end after it may be missing
    for length in 0...end { #expect(error(Array(text[..<length])) == .truncated(length: length)) }
    #expect(error(Array(text[...end])) == nil)
  }

  @Test(arguments: [
    "x", "[1,]", "{\"a\": 1,}", "{a: 1}", "nul1", "01", "-x", "1.x", "1ex", "\"\\x\"", "\"\u{1}\"", "{} {}", "'a'",
    "{\"a\": 1 \"b\": 2}", "{\"a\": 1, \"a\": 2}", "\"\\uD800x\"", "\"\\uD800\\u0041\"", "\"\\uDC00\"", "\"\\u00G0\"",
    "+1",
  ])
  func whatIsNoJSONIsRefused(text: String) {
    guard case .malformed = error(text) else {
      Issue.record("\(text): \(String(describing: error(text)))")
      return
    }
  }

  /// As some editors and shells write it; RFC 8259 8.1 lets a reader pass over it.
  @Test func aByteOrderMarkBeforeItIsPassedOver() {
    #expect(error([0xEF, 0xBB, 0xBF] + Array(json(sampleReport()).utf8)) == nil)
    #expect(error([0xEF, 0xBB]) != nil && error([0xEF, 0xBB, 0xBF]) != nil)
  }

  @Test func textThatIsNotUTF8IsRefused() {
    #expect(error([0x22, 0xFF, 0x22]) == .malformed(offset: 1, expected: "UTF-8"))
    #expect(error([0x22, 0xC0, 0x80, 0x22]) == .malformed(offset: 1, expected: "UTF-8"))
  }

  @Test func deepNestingIsRefusedAndDoesNotOverflow() {
    guard case .malformed = error(String(repeating: "[", count: 100_000)) else {
      Issue.record("100,000 levels were accepted")
      return
    }
  }

  @Test(arguments: ["{}", "[]", "3", "\"report\"", "null", "{\"version\": \"2.1.0\", \"runs\": []}"])
  func otherJSONIsNoReport(text: String) {
    #expect(error(text) == .foreign)
  }

  @Test func aNewerVersionIsNamed() {
    let newer = json(sampleReport()).replacing("\"schemaVersion\": 1", with: "\"schemaVersion\": 2")
    #expect(error(newer) == .newerVersion(found: 2, known: 1))
    #expect(error(newer)?.description.contains("update straggler") == true)
  }

  @Test(arguments: [
    ("\"pid\": 4711", "\"pid\": \"4711\"", "process.pid", "a string"),
    ("\"pid\": 4711", "\"pid\": 99999999999", "process.pid", "99999999999"),
    ("\"pid\": 4711", "\"pid\": 1.5", "process.pid", "a number"),
    ("\"level\": \"error\"", "\"level\": \"fatal\"", "findings[0].level", "\"fatal\""),
    ("\"rule\": \"abandoned-lock\"", "\"role\": \"abandoned-lock\"", "findings[0].rule", "missing"),
    ("\"address\": \"0x7f3c76dfed40\"", "\"address\": \"7f\"", "findings[0].resource.address", "\"7f\""),
    ("\"complete\": true", "\"complete\": 1", "findings[0].acquired.complete", "a number"),
    ("\"holds\": 0", "\"holds\": null", "threads[0].holds", "null"),
    ("\"suppressed\": []", "\"suppressed\": {}", "suppressed", "an object"),
    ("\"phase\": \"frozen\"", "\"phase\": \"melted\"", "process.exit.phase", "\"melted\""),
    ("\"schemaVersion\": 1", "\"schemaVersion\": 0", "schemaVersion", "0"),
  ])
  func aWrongValueIsNamedByItsKey(original: String, replacement: String, key: String, found: String) {
    let text = json(sampleReport([lockFinding()])).replacing(original, with: replacement, maxReplacements: 1)
    guard case .wrongValue(key, _, found) = error(text) else {
      Issue.record("\(replacement): \(String(describing: error(text)))")
      return
    }
  }

  @Test func everyErrorIsOneHarmlessLine() {
    let errors: [ReportError] = [
      .truncated(length: 3), .malformed(offset: 3, expected: "a value"), .foreign, .newerVersion(found: 2, known: 1),
      .wrongValue(key: "findings[0].rule", expected: "a rule", found: "\"\u{1B}[2J\n\""),
    ]
    for error in errors {
      #expect(!error.description.contains("\n") && !error.description.contains("\u{1B}"))
    }
  }

  @Test func randomDamageNeverTraps() {
    let original = Array(json(sampleReport()).utf8)
    var state: UInt64 = 0x5EED
    for _ in 0..<3_000 {
      var bytes = original
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 25)
      }
      _ = error(bytes)
    }
  }
}
