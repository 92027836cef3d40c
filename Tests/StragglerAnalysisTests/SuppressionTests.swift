// Suppressions: what their lines match, and what is said of them.

import StragglerAnalysis
import StragglerModel
import Testing

private let today = CalendarDay(year: 2026, month: 6, day: 15)

private func parsed(_ text: String) throws -> [Suppression] {
  try Suppression.all(in: Array(text.utf8), source: "app.supp")
}

@Suite struct SuppressionTests {
  /// Whether one line, given a reason, is about a finding.
  private func matches(_ line: String, _ finding: Finding) throws -> Bool {
    let text = line.utf8.starts(with: "leak:".utf8) ? line : line + " reason=\"r\""
    return try #require(parsed(text).first).matches(finding)
  }

  @Test(arguments: [
    "abandoned-lock", "abandoned-*", "* thread=pool-1", "* thread=pool-*", "* thread='pool-?'", "* resource=jour*",
    "* function=Cache.*", "* function=\"Cache.put(_:)\"", "* module=app", "* module=bin/app", "* module=/opt/*",
    "* file=Cache.swift", "* file=Sources/App/*", "* file=/home/x/app/Sources/App/Cache.swift",
    "abandoned-lock thread=pool-* resource=journal function=*put* module=app file=*.swift",
    "leak:Cache", "leak:^Cache.put(_:)$", "leak:Ca*ut", "leak:/opt/app/bin", "leak:Sources/App", "leak:  Cache",
    "* module=*/*", "abandoned-lock file=*",
  ])
  func aLineMatches(line: String) throws { #expect(try matches(line, finding())) }

  @Test(arguments: [
    "orphaned-lock", "* thread=pool", "* thread=pool-??", "* resource=Journal", "* function=put", "* module=pp",
    "* file=ache.swift", "* file=App", "abandoned-lock thread=other function=Cache.*", "leak:cache", "leak:^put",
    "leak:put$", "leak:pool-1", "leak:C?che", "* function='Cache.put[_:]'",
  ])
  func aLineDoesNotMatch(line: String) throws { #expect(try !matches(line, finding())) }

  @Test func functionModuleAndFileAreOfOneFrame() throws {
    let acquired = stack(frame("a", file: "/src/a.c"), frame("b", file: "/src/b.c"))
    #expect(try matches("* function=a file=a.c", finding(acquired: acquired)))
    #expect(try !matches("* function=a file=b.c", finding(acquired: acquired)))
  }

  @Test func aFileMayBeginWithAMarkThatCombines() throws {
    let found = finding(acquired: stack(frame("a", file: "/src/\u{301}a.c")))
    #expect(try matches("* file=\u{301}a.c", found) && matches("* file=\"\u{301}a.c\"", found))
    #expect(try matches("leak:\u{301}a.c", found))
  }

  @Test func everyStackOfAFindingIsLookedAt() throws {
    var finding = finding(acquired: stack())
    finding.created = stack(frame("start_pool"))
    finding.stopped = stack(frame("poll"))
    finding.circle = [
      ReportedLink(
        thread: ThreadName(number: 1, id: nil, name: "main"),
        waitingFor: ReportedWait(kind: .join, name: nil, address: nil, holders: []), stopped: stack(frame("joins")),
        acquired: nil)
    ]
    for function in ["start_pool", "poll", "joins"] { #expect(try matches("* function=\(function)", finding)) }
  }

  /// Hiding it for one thread would hide the other's.
  @Test func aFindingOfSeveralThreadsIsMatchedForAllOfThem() throws {
    #expect(try matches("* thread=pool-*", finding(threads: ["pool-1", "pool-2"])))
    #expect(try !matches("* thread=pool-*", finding(threads: ["pool-1", "writer"])))
    #expect(try !matches("abandoned-lock thread=*", finding(threads: ["pool-1", nil])))
    #expect(try !matches("abandoned-lock thread=*", finding(threads: [])))
  }

  @Test func anExitThatDoesNotEndIsNoLeak() throws {
    let stuck = finding(rule: .stalledExit)
    #expect(try !matches("leak:Cache", stuck))
    #expect(try matches("stalled-exit", stuck))
  }

  @Test func commentsBlanksAndForeignLineEndsAreTolerated() throws {
    let text = "\u{FEFF}# why\r\n\r\n  abandoned-lock  reason='a \"quoted\" one'  \r\n\t# end\r\nleak:x\r\n"
    let suppressions = try parsed(text)
    #expect(suppressions.map(\.place.line) == [3, 5])
    #expect(suppressions.map(\.reason) == ["a \"quoted\" one", nil])
  }

  @Test(arguments: [
    ("abandoned-lok reason=x", 1, "expected a rule (abandoned-lock, "), ("* reason=x", 1, "suppress everything"),
    ("abandoned-* thread=x", 21, "the reason is missing"), ("abandoned-lock thread reason=x", 16, "expected key=value"),
    ("abandoned-lock tread=x reason=x", 16, "unknown key \"tread=\"; expected one of thread= resource="),
    ("abandoned-lock thread=a thread=b reason=x", 25, "given twice"),
    ("abandoned-lock thread= reason=x", 16, "no value"),
    ("abandoned-lock reason=\"\"", 16, "no value"), ("abandoned-lock reason=\"x", 23, "the quote \" is not closed"),
    ("abandoned-lock until=2027-02-29 reason=x", 22, "expected a day as 2027-01-31, found \"2027-02-29\""),
    ("abandoned-lock until=soon reason=x", 22, "expected a day"), ("leak:", 6, "expected a function"),
    ("* file=* reason=x", 1, "suppress everything"), ("*-* function=?* thread=** reason=x", 1, "suppress everything"),
    ("leak:*", 1, "suppress everything"), ("leak:^", 1, "suppress everything"), ("leak:$", 1, "suppress everything"),
    ("leak:^*$", 1, "suppress everything"), ("leak: \t", 6, "expected a function"),
    ("leak:foo reason=\"bar\"", 10, "LeakSanitizer's lines have no reason"),
    ("leak:foo\treason=bar", 10, "LeakSanitizer's lines have no reason"),
    ("race:x", 1, "another sanitizer's"), ("race_top:x", 1, "another sanitizer's"),
    ("called_from_lib:x", 1, "another sanitizer's"),
    ("mutex:", 1, "another sanitizer's"), ("thread:x", 1, "another sanitizer's"),
    ("deadlock:x", 1, "another sanitizer's"),
    ("signal:x", 1, "another sanitizer's"), ("interceptor_via_lib:x", 1, "another sanitizer's"),
    ("interceptor_via_fun:x", 1, "another sanitizer's"), ("interceptor_name:x", 1, "another sanitizer's"),
    ("vptr:x y", 1, "another sanitizer's"), ("  thread=x reason=x", 3, "expected a rule"),
  ])
  func aMistakeIsNamedWithItsPlace(line: String, column: Int, problem: String) throws {
    let error = try #require(throws: SuppressionError.self) { try parsed("# first\n\(line)") }
    #expect(error.description.hasPrefix("app.supp:2:\(column): "), "\(error)")
    #expect(error.description.contains(problem), "\(error)")
  }

  @Test func bytesThatAreNoTextAreNamedWithTheirPlace() throws {
    let error = try #require(throws: SuppressionError.self) {
      try Suppression.all(in: Array("leak:x\nleak:".utf8) + [0xFF, 0x0A], source: "s")
    }
    #expect(error.description == "s:2:1: expected UTF-8")
  }

  // MARK: What is said of them

  private func suppress(_ report: inout Report, _ text: String) throws {
    report.suppress(by: try parsed(text), today: today)
  }

  @Test func whatIsMatchedDoesNotCountAndSaysWhy() throws {
    var report = run([finding()], children: [run([finding(), finding(rule: .orphanedLock)])])
    try suppress(&report, "\nabandoned-lock thread=pool-* reason=\"the pool is a vendor's\"")
    #expect(report.findings.isEmpty)
    #expect(report.children[0].findings.map(\.rule) == [.orphanedLock])
    let applied = AppliedSuppression(kind: .rule, source: "app.supp", line: 2, reason: "the pool is a vendor's")
    #expect(report.suppressed.map(\.suppression) == [applied])
    #expect(report.suppressions.map(\.count) == [2])
    #expect(!failing(run(report.findings), failOn: .note))
  }

  @Test func theFirstLineThatMatchesHasTheFinding() throws {
    var report = run([finding()])
    try suppress(&report, "abandoned-lock reason=a\nabandoned-lock reason=b\norphaned-lock reason=c")
    #expect(report.suppressions.map(\.state) == [.used, .unused, .unused])
    #expect(report.suppressed.map { $0.suppression?.reason } == ["a"])
  }

  @Test(arguments: [("2026-06-15", true), ("2026-06-14", false), ("2027-01-01", true), ("2025-12-31", false)])
  func aSuppressionEndsWithItsLastDay(until: String, holds: Bool) throws {
    var report = run([finding()])
    try suppress(&report, "abandoned-lock until=\(until) reason=r")
    #expect(report.findings.isEmpty == holds)
    #expect(report.suppressions.map(\.state) == [holds ? .used : .expired])
    #expect(report.suppressions.map(\.count) == [1])
  }

  @Test func whatAnotherLineSuppressesIsNotBlamedOnAnEndedOne() throws {
    var report = run([finding()])
    try suppress(&report, "abandoned-lock until=2020-01-01 reason=a\nabandoned-lock reason=b")
    #expect(report.suppressions.map(\.state) == [.expired, .used])
    #expect(report.suppressions.map(\.count) == [0, 1])
  }

  /// Two processes of a run that have the same text in them.
  @Test func usesInSeveralProcessesAreAddedUp() throws {
    var child = run([finding()])
    try suppress(&child, "abandoned-lock reason=a\norphaned-lock reason=b")
    var other = run()
    try suppress(&other, "abandoned-lock reason=a\norphaned-lock reason=b")
    var report = run(children: [other, child])
    report.gatherSuppressions()
    #expect(report.suppressions.map(\.state) == [.used, .unused])
    #expect(report.suppressions.map(\.count) == [1, 0])
    #expect(report.children.allSatisfy { $0.suppressions.isEmpty })
  }
}
