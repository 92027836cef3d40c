// The text report, against goldens made from fixed values.

import StragglerAnalysis
import StragglerModel
import StragglerReports
import Testing

func rendered(_ report: Report, _ style: TextReport.Style = TextReport.Style(folder: "/src/app")) -> String {
  var text = ""
  TextReport(style: style) { $0.hasSuffix("Journal.swift") ? journalSource : nil }.write(report) { text += $0 }
  return text
}

@Suite struct TextReportTests {
  @Test func anErrorIsToldInFull() {
    let expected = """
      error: daemon thread "writer" was abandoned holding lock "journal" [abandoned-lock]
      \(lockFindingPlaces)
        why it matters: What the lock protects was cut off half-changed, and exit code that takes the lock waits for ever.
        help: Tell the thread to stop (an event, a flag, a closed queue) and join it before main returns.

      For more about what this means and how to mend it: `straggler explain abandoned-lock`
      straggler: 1 error in 1 thread of app (pid 4711), which returned 0

      """
    #expect(rendered(sampleReport([lockFinding()])) == expected)
  }

  @Test func aNoteTakesFewLines() {
    let expected = """
      note: thread 4 (poll_events) was abandoned, holding nothing [abandoned-thread]
        thread created at pool.c:31 in start_pool; cut off at pool.c:12:5 in poll_events, inside epoll_wait
        found likewise: for 2 other threads: thread 5, thread "idle" (6)

      straggler: 1 note in 3 threads of app (pid 4711), which returned 0

      """
    #expect(rendered(sampleReport([noteFinding()])) == expected)
  }

  @Test func aDeadlockIsToldWaitByWait() {
    let expected = """
      error: exit is deadlocked [deadlocked-exit]
        1. main thread waits for lock "b", held by thread "writer" (3)
           waits at Journal.swift:5:10 in stop(), inside pthread_mutex_lock
             4 |   func append(_ record: Record) {
             5 |     lock.lock()
               |          ^ waits here
               (older callers are not known)
           thread "writer" (3) locked it at Journal.swift:40:7 in Writer.run()
        2. thread "writer" (3) waits for main thread to end
        why it matters: This process would never have ended: a CI job runs into its time limit, a service is killed.
        help: Break the circle: give locks back before joining, and take locks in one order everywhere.

      For more about what this means and how to mend it: `straggler explain deadlocked-exit`
      straggler: 1 error in 2 threads of app (pid 4711), which had to be ended, because its exit did not end

      """
    #expect(rendered(sampleReport([circleFinding()], exit: sampleExit(.stalled, status: nil))) == expected)
  }

  @Test func aCleanRunIsOneLine() {
    #expect(rendered(sampleReport([])) == "straggler: app (pid 4711) returned 0 and left nothing behind\n")
  }

  @Test func aCleanRunWithBlindSpotsSaysWhatItCouldNotSee() {
    var report = sampleReport([])
    report.unseen = ["Synchronization.Mutex: uncontended use makes no library call"]
    #expect(
      rendered(report)
        == "straggler: app (pid 4711) returned 0 and left nothing behind; it was not possible to see: "
        + "Synchronization.Mutex\n")
  }

  /// It was observed: nothing is claimed of it, and nothing said not to be seen.
  @Test(arguments: [
    (Uncounted.tool, ": name it with --only app"), (.ignore, ", by --ignore"), (.only, ", as no --only names it"),
  ])
  func ofAProgramThatDoesNotCountNothingIsClaimed(reason: Uncounted, words: String) {
    var report = sampleReport()
    report.leaveUncounted(reason)
    let line = "straggler: app (pid 4711) returned 0; whatever it left behind does not count\(words)"
    #expect(rendered(report) == line + "\n")
    #expect(rendered(report.redacted([.paths])) == line + "\n")
    report.unseen.append("process 7, started by /build/app: no recorder attached")
    #expect(rendered(report) == line + "; it was not possible to see: process 7, started by /build/app\n")
    report.children = [sampleReport([noteFinding()])]
    let itself = "app (pid 4711) itself returned 0; whatever it left behind does not count\(words);"
    #expect(rendered(report).contains("straggler: 1 note in 1 other process of the run; \(itself)"))
  }

  @Test func lossesAreSaidEvenWhereNothingWasFound() {
    var report = sampleReport([])
    report.lost = 1
    let expected = """
      incomplete: the recorder had no room for 1 entry: more may have been left behind

      straggler: app (pid 4711) returned 0 and left nothing behind; 1 entry was lost for want of room

      """
    #expect(rendered(report) == expected)
  }

  @Test func aChildThatOnlyLostSomethingIsNamed() {
    var report = sampleReport([])
    var child = sampleReport([])
    child.lost = 1
    report.children = [child]
    let expected = """
      In process 4711 (/build/app), which returned 0:

      incomplete: the recorder had no room for 1 entry: more may have been left behind

      """
    #expect(rendered(report).hasPrefix(expected), "\(rendered(report))")
  }

  @Test func childrenAreToldApartAndCountedApart() {
    var report = sampleReport([])
    var child = sampleReport([noteFinding()], exit: sampleExit(.signal, status: nil, signal: 15))
    child.process?.pid = 4800
    report.children = [child, sampleReport([])]
    let text = rendered(report)
    #expect(text.hasPrefix("In process 4800 (/build/app), which was ended by signal 15 (SIGTERM):\n\nnote: "))
    #expect(
      text.hasSuffix(
        "straggler: 1 note in 1 other process of the run; app (pid 4711) itself returned 0 and left nothing behind\n"))
    report.findings = [lockFinding()]
    #expect(
      rendered(report).hasSuffix(
        "straggler: 1 error in 1 thread of app (pid 4711), which returned 0; 1 note in 1 other process\n"))
  }

  /// What is suppressed in another process is told there: this sentence is about the program alone.
  @Test func aCleanProgramOfALeakingRunIsNotChargedWithTheOthersSuppressedFindings() {
    var report = sampleReport([])
    var child = sampleReport([lockFinding()])
    child.suppressed = [lockFinding()]
    report.children = [child]
    #expect(rendered(report).hasSuffix("itself returned 0 and left nothing behind\n"))
    report.children[0].findings = []
    #expect(rendered(report).hasSuffix("returned 0 and left nothing behind but what 1 suppressed finding tells\n"))
  }

  @Test func aMergedReportIsSummedUp() {
    let merged = Report(process: nil, children: [sampleReport([lockFinding()]), sampleReport([noteFinding()])])
    #expect(rendered(merged).hasSuffix("straggler: 1 error, 1 note in 2 reports\n"))
    let clean = Report(process: nil, children: [sampleReport([])])
    #expect(rendered(clean) == "straggler: nothing was left behind in 1 report\n")
  }

  @Test func adviceIsGivenOncePerRule() {
    let text = rendered(sampleReport([lockFinding(), lockFinding()]))
    #expect(text.ranges(of: "help:").count == 1)
  }

  /// A rule has other words for main: each are given once.
  @Test func adviceForMainIsItsOwn() throws {
    let rule = Rule.of(.abandonedUserThread)
    var finding = lockFinding()
    finding.rule = .abandonedUserThread
    var ofMain = finding
    ofMain.thread?.identity = mainName
    let report = sampleReport([finding, ofMain, ofMain, finding])
    let words = try #require(rule.exception?.words)
    for text in [rule.harm, rule.advice, words.harm, words.advice] {
      #expect(rendered(report).ranges(of: text).count == 1)
      #expect(markdown(report).ranges(of: text).count == 2)
    }
    for text in [rule.advice, words.harm, words.advice] { #expect(html(report).ranges(of: text).count == 2) }
  }

  @Test func longStacksAreCutAndTheSystemsOwnCallersLeftOut() {
    var finding = lockFinding()
    finding.acquired = Stack(
      complete: true, frames: (1...12).map { own("f\($0)", 100 + $0) } + [library("start_thread"), library("clone3")])
    let text = rendered(sampleReport([finding]))
    #expect(text.contains("called by f2 at Journal.swift:102\n"))
    #expect(text.contains("                … 5 more, see the JSON report\n"))
    #expect(!text.contains("start_thread"))
  }

  @Test func aStackWithoutSourceShowsModulesAndOffsets() {
    var finding = lockFinding()
    let old = Frame(module: "/opt/vendor/liby.so", address: 0x7f3c_76d0_3000)  // as reports had it without offsets
    finding.acquired = Stack(complete: false, frames: [library(nil, module: "/opt/vendor/libx.so"), old])
    finding.stopped = nil
    let expected = """
        locked in /opt/vendor/libx.so+0x1000
            called by 0x7f3c76d03000 (/opt/vendor/liby.so)
            (older callers are not known)

      """
    #expect(rendered(sampleReport([finding])).contains(expected), "\(rendered(sampleReport([finding])))")
  }

  @Test(arguments: [
    ("__libc_write", "write"), ("__GI___libc_recv", "recv"), ("__poll", "poll"), ("__GI_epoll_wait", "epoll_wait"),
    ("___pthread_mutex_lock", "pthread_mutex_lock"), ("__new_sem_wait", "sem_wait"), ("_IO_new_fclose", "fclose"),
    ("__GI__IO_fflush", "fflush"), ("read", "read"), ("my__libc_write", "my__libc_write"),
  ])
  func aLibraryFunctionIsCalledByItsPublicName(symbol: String, name: String) {
    #expect(inside(symbol) == name)
  }

  @Test(arguments: [
    "__libc_start_main", "__libc_start_call_main", "__run_exit_handlers", "__lll_lock_wait", "_exit", "_start",
    "__GI___lll_lock_wait_private", "__gnu_cxx::new_allocator<int>::allocate(unsigned long)",
    "__pthread_cond_wait_common",
  ])
  func aFunctionWithoutAPublicNameKeepsItsOwn(symbol: String) {
    #expect(inside(symbol) == symbol)
  }

  /// What the text says that a thread stood in, at the end of a place.
  private func inside(_ symbol: String) -> String? {
    var finding = lockFinding()
    finding.stopped?.frames[0] = library(symbol)
    let line = rendered(sampleReport([finding])).split(separator: "\n").first { $0.hasPrefix("  cut off at ") }
    return line?.firstRange(of: ", inside ").map { String(line![$0.upperBound...]) }
  }

  @Test func whatAThreadWaitedForIsSaid() {
    var finding = lockFinding()
    finding.waitingFor = ReportedWait(kind: .futex, name: nil, address: 0x99, holders: [])
    #expect(rendered(sampleReport([finding])).contains("  waiting for: futex at 0x99\n"))
    finding.waitingFor = ReportedWait(kind: .mutex, name: "b", address: 0x99, holders: [mainName])
    #expect(rendered(sampleReport([finding])).contains("  waiting for: lock \"b\", held by main thread\n"))
    finding.waitingFor = ReportedWait(kind: .mutex, name: "b", address: 0x99, holders: [], outsideHolder: 4800)
    #expect(rendered(sampleReport([finding])).contains("lock \"b\", held by a thread of another process (id 4800)\n"))
    finding.waitingFor = ReportedWait(kind: .fileLock, name: "b", address: nil, holders: [], outsideHolder: 4800)
    #expect(rendered(sampleReport([finding])).contains("file lock \"b\", held by another process (id 4800)\n"))
  }

  @Test func ofANoteItIsSaidWhomTheThreadWaitedFor() {
    var finding = noteFinding()
    finding.waitingFor = ReportedWait(kind: .mutex, name: "b", address: 0x99, holders: [])
    #expect(!rendered(sampleReport([finding])).contains("waiting for"))
    finding.waitingFor?.outsideHolder = 4800
    let phrase = "; waiting for lock \"b\", held by a thread of another process (id 4800)\n"
    #expect(rendered(sampleReport([finding])).contains(phrase))
  }

  @Test func colourIsUsedOnlyIfAsked() {
    #expect(!rendered(sampleReport()).contains("\u{1B}"))
    #expect(rendered(sampleReport(), TextReport.Style(color: true)).contains("\u{1B}[1;31merror:\u{1B}[0m"))
  }

  @Test func nothingFromOutsideReachesTheTerminalAsACommand() {
    let evil = "\u{1B}[2J\u{202E}\u{7}\r\n::error::\u{9B}\u{2028}"
    var finding = lockFinding()
    finding.message = "thread \"\(evil)\""
    finding.resource?.name = evil
    finding.waiters = [ThreadName(number: 2, id: 2, name: evil)]
    finding.similar = finding.waiters
    finding.waitingFor = ReportedWait(kind: .mutex, name: evil, address: 1, holders: finding.waiters)
    finding.acquired = Stack(complete: true, frames: [own(evil, 1, 1, file: "/src/\(evil)"), own(evil, 2)])
    finding.stopped = Stack(complete: true, frames: [Frame(function: nil, module: evil, address: 1)])
    var report = sampleReport([finding])
    report.process?.executable = evil
    report.unseen = [evil]
    report.children = [report]
    var text = ""
    TextReport(style: TextReport.Style()) { _ in [evil, evil] }.write(report) { text += $0 }
    let disruptive = text.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value) || [0x202E, 0x2028].contains($0.value)
    }
    #expect(disruptive.isEmpty)
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("::error::") })
    #expect(text.contains("\\u{1b}[2J"))
  }

  @Test(arguments: [(sampleExit(), "exited with 0"), (sampleExit(.underscore, status: 3), "called _exit(3)")])
  func whereAnotherThreadThanMainExitedMainDidNotReturn(exit: ReportedExit, words: String) throws {
    var report = sampleReport([noteFinding()], exit: exit)
    report.threads[0].thread.state = .abandoned
    report.threads[1].thread.state = .exiting
    #expect(rendered(report).hasSuffix("of app (pid 4711), which \(words)\n"))
    report.findings = []
    #expect(rendered(report).hasPrefix("straggler: app (pid 4711) \(words) and left nothing behind"))
    report.children = [sampleReport(exit: exit)]
    report.children[0].threads = report.threads
    #expect(rendered(report).hasPrefix("In process 4711 (/build/app), which \(words):\n"))
    #expect(sarif(report).contains("\"exitCodeDescription\": \"\(words)\""))
    #expect(junit(report).contains("name=\"ending\" value=\"\(words)\""))
    #expect(html(report).contains("app, process 4711, \(words)"))
    #expect(markdown(report).contains(", which \(words)\n"))
  }

  @Test(arguments: [
    (sampleExit(.underscore, status: 3), "called _exit(3)"), (sampleExit(.quick, status: 0), "called quick_exit(0)"),
    (sampleExit(.exec, status: nil), "was replaced by exec"),
    (sampleExit(.abort, status: nil, signal: 6), "aborted (SIGABRT)"),
    (sampleExit(.signal, status: nil, signal: 64), "was ended by signal 64"),
    (sampleExit(.killed, status: nil, signal: 9), "was killed (SIGKILL)"),
    (sampleExit(.killed, status: nil), "came to an end that nobody saw"),
  ])
  func theSummarySaysHowTheProgramEnded(exit: ReportedExit, words: String) {
    #expect(rendered(sampleReport([noteFinding()], exit: exit)).hasSuffix("of app (pid 4711), which \(words)\n"))
  }
}
