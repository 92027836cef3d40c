// The HTML report: strict markup, what a reader finds in it, and that it needs nobody else.

import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

func html(_ report: Report) -> String {
  var text = ""
  HTMLReport(folder: "/src/app") { $0.hasSuffix("Journal.swift") ? journalSource : nil }.write(report) { text += $0 }
  return text
}

@Suite struct HTMLReportTests {
  @Test func thePageIsStrictMarkup() {
    for report in [
      sampleReport(), sampleReport([circleFinding()]), sampleReport([]), Report(process: nil),
      Report(process: nil, children: [sampleReport(), sampleReport([])]),
    ] {
      #expect(HTMLPage(html(report)).mistakes.isEmpty)
    }
  }

  @Test(arguments: [
    ("<main id=\"report\"", "<main onclick=\"x\" id=\"report\""), ("</article>", ""), ("<h3 id=", "<h5 id="),
    ("writer", "<script>"), ("writer", "a & b"), ("id=\"process-1\"", "id=\"report\""),
  ])
  func theReaderOfTheTestsIsStrict(right: String, wrong: String) {
    let page = html(sampleReport())
    #expect(page.contains(right))
    #expect(!HTMLPage(page.replacing(right, with: wrong)).mistakes.isEmpty)
  }

  @Test func itSaysInOneSentenceWhatHappened() {
    let page = html(sampleReport())
    #expect(page.contains("<h1>1 error, 1 note in 4 threads of app (pid 4711), which returned 0</h1>"))
    #expect(
      page.contains(
        "<p class=\"lead\">Daemon thread &quot;writer&quot; was abandoned holding lock &quot;journal&quot;. "
          + "And 1 other finding.</p>"))
    #expect(html(sampleReport([])).contains("<h1>app (pid 4711) returned 0 and left nothing behind</h1>"))
  }

  @Test func theFindingHasItsStacksWithSource() {
    let text = HTMLPage(html(sampleReport([lockFinding()]))).text
    #expect(text.contains("locked at Journal.swift:5:10 in Journal.append(_:)"))
    #expect(text.contains("5 │     lock.lock()\n  │          ^ locked here"))
    #expect(text.contains("Writer.run() at Journal.swift:40:7 (inferred)"))
    #expect(text.contains("Waited for by"))
    #expect(text.contains("Help: Tell the thread to stop"))
  }

  @Test func thePictureSaysWhoHeldWhatAndWhoWaitedForWhom() {
    let page = html(sampleReport([lockFinding()]))
    let text = HTMLPage(page).text
    #expect(text.contains("held lock \"journal\""))
    #expect(text.contains("main thread 1, exits"))
    #expect(text.contains("writer thread 3, daemon, cut off"))
    // From main, the first lane, down to the writer, the second.
    #expect(page.contains("<path d=\"M2 60C34 60 34 140 8 140\"/><path class=\"head\" d=\"M2 140l10 -7v14z\"/>"))
  }

  @Test func aDeadlockHasAnArrowEachWay() {
    let page = html(sampleReport([circleFinding()], exit: sampleExit(.stalled, status: nil)))
    #expect(page.ranges(of: "class=\"head\"").count == 2)
    // The finding's own resource is what the exit waits for: the one who exits does not hold it.
    #expect(page.contains(">held nothing; waited for lock &quot;b&quot;, held by thread &quot;writer&quot; (3)</span>"))
    #expect(page.contains(">held lock &quot;b&quot;; waited for main thread to end</span>"))
  }

  @Test func anExitThatWentThroughNoPhasesShowsNone() {
    let page = html(sampleReport([lockFinding()], exit: sampleExit(.underscore, status: 0)))
    #expect(page.contains("<span>running</span><span>_exit</span>"))
    var cut = sampleExit(.stalled, status: nil)
    cut.phase = .joining
    #expect(
      html(sampleReport([lockFinding()], exit: cut)).contains(
        "<span>joining</span><span class=\"unreached\">callbacks</span>"))
  }

  @Test func ofAProgramWithoutTheRuntimeOnlyTheExitIsKnown() {
    var report = sampleReport([lockFinding()])
    for index in report.threads.indices { report.threads[index].thread.declared = false }
    #expect(html(report).contains("<span>running</span><span>exiting</span><span>end</span>"))
    report.process?.exit.phase = .exiting
    #expect(html(report).contains("<span>running</span><span>exiting</span></div>"))
  }

  @Test func manyThreadsAreNoLongerPicture() {
    var report = sampleReport([lockFinding()])
    report.findings[0].similar = (10..<1000).map { ThreadName(number: $0, id: nil, name: "t\($0)") }
    let page = html(report)
    #expect(page.ranges(of: "<li class=\"lane").count == 24)
    #expect(page.utf8.count < 60_000)
  }

  @Test func itLoadsAndRunsNothing() {
    let page = html(sampleReport())
    #expect(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""))
    for word in ["<script", "http:", "https:", "//", "<link", "<img", "@import", "url("] {
      #expect(!page.contains(word))
    }
  }

  @Test func whatCouldNotBeSeenAndWhatWasSuppressedIsSaid() {
    var report = sampleReport([])
    report.unseen = ["Synchronization.Mutex: uncontended use makes no library call"]
    report.lost = 1
    report.suppressed = [lockFinding()]
    let page = HTMLPage(html(report))
    #expect(page.mistakes.isEmpty)
    #expect(page.text.contains("The recorder had no room for 1 entry"))
    #expect(page.text.contains("Synchronization.Mutex"))
    #expect(page.text.contains("1 suppressed finding"))
    #expect(page.text.contains("Nothing was left behind but what is suppressed."))
  }
}
