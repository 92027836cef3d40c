// The Markdown report: its text, and that names in it stay names.

import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

func markdown(_ report: Report) -> String {
  var text = ""
  MarkdownReport(folder: "/src/app") { $0.hasSuffix("Journal.swift") ? journalSource : nil }
    .write(report) { text += $0 }
  return text
}

/// What is left of Markdown without its code, by CommonMark's rules: fenced blocks (4.5) and code spans (6.1).
func markup(_ text: String) -> String {
  var prose: [[Unicode.Scalar]] = []
  var fence: Int?
  for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init) {
    let ticks = line.prefix { $0 == "`" }.count
    if let open = fence {
      if ticks >= open, line.dropFirst(ticks).allSatisfy({ $0 == " " }) { fence = nil }
    } else if ticks >= 3, !line.dropFirst(ticks).contains("`") {
      fence = ticks
    } else {
      prose.append(withoutSpans(line))
    }
  }
  if fence != nil { return text }
  return prose.map { $0.reduce(into: "") { $0.unicodeScalars.append($1) } }.joined(separator: "\n")
}

/// A span ends at the next run of exactly as many backticks; without one they stand for themselves.
private func withoutSpans(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
  var result: [Unicode.Scalar] = []
  var index = 0
  while index < line.count {
    let run = line[index...].prefix { $0 == "`" }.count
    guard run > 0 else {
      result.append(line[index])
      index += 1
      continue
    }
    index = end(ofSpan: run, line, from: index + run) ?? index + run
    result += [" "]
  }
  return result
}

private func end(ofSpan length: Int, _ line: [Unicode.Scalar], from start: Int) -> Int? {
  var index = start
  while index < line.count {
    let run = line[index...].prefix { $0 == "`" }.count
    if run == length { return index + run }
    index += max(1, run)
  }
  return nil
}

@Suite struct MarkdownReportTests {
  @Test func anErrorIsToldWithItsSourceAndANoteIsFolded() {
    let expected = """
      ## Straggler

      ` straggler: 1 error, 1 note in 4 threads of app (pid 4711), which returned 0 `

      ### error: abandoned-lock

      ` daemon thread "writer" was abandoned holding lock "journal" `

      ```text
      \(lockFindingPlaces)
      ```

      **Why it matters:** What the lock protects was cut off half-changed, and exit code that takes the lock waits for ever.

      **Help:** Tell the thread to stop (an event, a flag, a closed queue) and join it before main returns.

      <details><summary>1 note</summary>

      ### note: abandoned-thread

      ` thread 4 (poll_events) was abandoned, holding nothing `

      ```text
        thread created at pool.c:31 in start_pool; cut off at pool.c:12:5 in poll_events, inside epoll_wait
        found likewise: for 2 other threads: thread 5, thread "idle" (6)
      ```

      </details>

      """
    #expect(markdown(sampleReport()) == expected)
  }

  @Test func otherProcessesHaveTheirOwnHeading() {
    var report = sampleReport([])
    report.children = [sampleReport([lockFinding()])]
    #expect(markdown(report).contains("\n## In process 4711, ` /build/app `, which returned 0\n"))
  }

  @Test func lossesAreSaidEvenWhereNothingWasFound() {
    var report = sampleReport([])
    let clean = "## Straggler\n\n` straggler: app (pid 4711) returned 0 and left nothing behind `\n"
    #expect(markdown(report) == clean)
    report.lost = 2
    let expected = """
      ## Straggler

      ` straggler: app (pid 4711) returned 0 and left nothing behind; 2 entries were lost for want of room `

      ```text
      incomplete: the recorder had no room for 2 entries: more may have been left behind
      ```

      """
    #expect(markdown(report) == expected)
  }

  @Test func aChildThatOnlyLostSomethingIsNamed() {
    var report = sampleReport([])
    var child = sampleReport([])
    child.lost = 1
    report.children = [child]
    let part = """
      ## In process 4711, ` /build/app `, which returned 0

      ```text
      incomplete: the recorder had no room for 1 entry: more may have been left behind
      ```

      """
    #expect(markdown(report).hasSuffix("\n\n" + part), "\(markdown(report))")
  }

  @Test func aSummaryStaysWithinWhatGitHubTakes() {
    let text = markdown(sampleReport(Array(repeating: lockFinding(), count: 5000)))
    #expect(text.utf8.count < 1 << 20)
    #expect(text.hasSuffix("\n4900 more findings: see the JSON report.\n"))
  }

  @Test(arguments: ["a`b", "```", "`", "a` ``b``` c", "`\u{301}x", "~~~", "\n```\n# x"])
  func backticksInNamesOpenAndCloseNothing(name: String) {
    var finding = lockFinding()
    finding.message = "EVIL \(name) EVIL"
    finding.waiters = [ThreadName(number: 2, id: 2, name: "EVIL \(name) EVIL")]
    let text = markdown(sampleReport([finding]))
    #expect(text.contains("EVIL"))
    #expect(!markup(text).contains("EVIL"))
  }

  @Test func theReaderOfTheTestsSeesWhatIsNoCode() {
    #expect(markup("a `EVIL` b ``x`` `c") == "a   b      c" || !markup("a `EVIL` b").contains("EVIL"))
    #expect(markup("`` EVIL ` EVIL").contains("EVIL"))
    #expect(markup("```\nEVIL\n").contains("EVIL"))
  }
}
