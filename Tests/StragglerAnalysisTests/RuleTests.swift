// The table of rules, its pages, and docs/rules.md.

import Foundation
import StragglerAnalysis
import StragglerModel
import Testing

@Suite struct RuleTests {
  @Test func everyRuleStandsInTheTableOnce() {
    #expect(Set(Rule.all.map(\.id)) == Set(RuleID.allCases))
    #expect(Rule.all.count == RuleID.allCases.count)
    for rule in Rule.all { #expect(Rule.of(rule.id).id == rule.id) }
  }

  @Test func aRuleIsFoundByItsName() {
    #expect(Rule.named("abandoned-lock")?.id == .abandonedLock)
    #expect(Rule.named("abandoned-look") == nil)
  }

  @Test(arguments: [
    ("abandoned-lock", Level.error), ("orphaned-lock", .error), ("held-at-exit", .note), ("abandoned-section", .error),
    ("abandoned-thread", .note), ("unjoined-thread", .note), ("abandoned-user-thread", .warning),
    ("stalled-exit", .error), ("deadlocked-exit", .error),
  ])
  func levelsAreThoseOfTheContract(name: String, level: Level) {
    #expect(Rule.named(name)?.level == level)
  }

  @Test(arguments: Rule.all.map(\.id))
  func everyPageSaysEverything(id: RuleID) {
    let rule = Rule.of(id)
    let exceptional = rule.exception.map { [$0.words.harm, $0.words.advice] } ?? []
    for text in [rule.summary, rule.harm, rule.advice] + exceptional {
      #expect(!text.isEmpty && !text.contains("\n") && text.count < 140, "\(text)")
    }
    #expect(!rule.summary.hasSuffix("."))
    for paragraphs in [rule.page.meaning, rule.page.field, rule.page.mending, rule.page.acceptable] {
      #expect(!paragraphs.isEmpty && paragraphs.allSatisfy { !$0.isEmpty })
    }
    #expect(rule.explanation.hasPrefix("# \(id.rawValue)\n"))
    #expect(rule.explanation.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  /// Nobody said of main that its work counts, and to return from it does not help who did not get there.
  @Test func ofAMainThreadThatWasCutOffOtherWordsAreSaid() {
    let rule = Rule.of(.abandonedUserThread)
    let process = sampleProcess([thread(1), exitingThread(2), userThread(3, "saver")], exiting: 2)
    let words = report(process).findings.map { Rule.of($0.rule).words(for: $0) }
    #expect(words.map(\.harm) == [rule.exception?.words.harm, rule.harm])
    #expect(words.map(\.advice) == [rule.exception?.words.advice, rule.advice])
    #expect(rule.explanation.contains("Where the thread is main: It was cut off in the middle of its work"))
  }

  /// The kernel unlocks it: no exit handler waits for it for ever.
  @Test func ofAFilesLockOtherWordsAreSaid() {
    let rule = Rule.of(.abandonedLock)
    let process = sampleProcess(
      [exitingThread(), daemon(2, "writer") { $0.holds = [hold(1 << 63 | 5, .fileLock), hold(0x10)] }],
      files: [file(5, opener: 1)])
    let findings = report(process).findings.filter { $0.rule == .abandonedLock }
    let harms = findings.map { rule.words(for: $0).harm }
    #expect(Set(harms) == [rule.exception?.words.harm, rule.harm])
    #expect(rule.explanation.contains("Where the lock is a file's: The kernel unlocks the file"))
    #expect(!rule.explanation.contains("Where the lock is a file's: Tell"))
  }

  @Test func theOverviewHasOneLineForEachRule() {
    let lines = Rule.overview.split(separator: "\n")
    #expect(lines.count == Rule.all.count)
    #expect(zip(lines, Rule.all).allSatisfy { $0.hasPrefix($1.id.rawValue + " ") })
  }

  @Test func theDocumentIsMadeFromTheTable() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/rules.md").standardized
    if ProcessInfo.processInfo.environment["STRAGGLER_WRITE_DOCS"] != nil {
      try Rule.documentation().write(to: file, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: file, encoding: .utf8)
    #expect(
      written == Rule.documentation(),
      "docs/rules.md is old: run STRAGGLER_WRITE_DOCS=1 swift test --filter RuleTests")
  }
}
