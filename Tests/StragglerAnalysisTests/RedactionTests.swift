// What is left out of a report on demand.

import StragglerAnalysis
import StragglerModel
import Testing

@Suite struct RedactionTests {
  private var report: Report {
    var finding = finding()
    finding.resource?.file = ReportedResource.File(
      path: "/home/x/app/out.log", descriptor: 3, unflushedBytes: nil, unsyncedBytes: nil)
    finding.message = "a thread had file \"/home/x/app/out.log\" open"
    var child = run([finding], arguments: ["/home/x/tool", "--key=/home/x/key", "secret"])
    child.unseen = ["/home/x/app/libfoo.so: its calls of lock functions lead past the recorder (and/or not)"]
    return run([finding], children: [child], arguments: ["app", "--password", "secret"])
  }

  private func contains(_ report: Report, _ text: String) -> Bool { String(reflecting: report).contains(text) }

  @Test func nothingIsLeftOutUnlessItIsAskedFor() {
    #expect(report.redacted([]) == report)
    #expect(contains(report, "secret") && contains(report, "/home/x"))
  }

  @Test func argumentsAreLeftOutOfEveryProcess() {
    let redacted = report.redacted([.arguments])
    #expect(!contains(redacted, "secret"))
    #expect(redacted.process?.executable == "/opt/app/bin/app")
    #expect(redacted.redacted == [.arguments])
  }

  @Test func ofPathsOnlyTheLastComponentsStay() {
    let redacted = report.redacted([.paths])
    #expect(!contains(redacted, "home") && !contains(redacted, "/opt"))
    #expect(redacted.findings.first?.message == "a thread had file \"out.log\" open")
    #expect(redacted.findings.first?.acquired?.frames.first?.file == "Cache.swift")
    #expect(redacted.children.first?.process?.arguments == ["tool", "--key=key", "secret"])
    #expect(
      redacted.children.first?.unseen == ["libfoo.so: its calls of lock functions lead past the recorder (and/or not)"])
  }

  /// What ends with a slash is a folder's name as a whole.
  @Test(arguments: [
    ("/home/x/client/", ""), ("client/", ""), ("-I../client/", "-I"), ("--out=client/", "--out="),
    ("{\"k\":\"/home/client/\",\"j\":\"a/client/b\"}", "{\"k\":\"\",\"j\":\"b\"}"),
    ("/usr/lib/:/opt/client/", ":"), ("--client/", ""), ("//", "//"),
  ])
  func ofAnArgumentThatNamesAFolderNothingStays(argument: String, redacted: String) {
    #expect(run(arguments: [argument]).redacted([.paths]).process?.arguments == [redacted])
  }

  private func redactedUnseen(_ line: String) -> String? {
    var report = run()
    report.unseen = [line]
    return report.redacted([.paths]).unseen.first
  }

  @Test(arguments: [
    ("process 7 (/home/my own/a (1)/app): it still ran", "process 7 (app): it still ran"),
    ("/home/my own/app: its findings don't count", "app: its findings don't count"),
    ("process 7: arena '/tmp/my own/x': no such file", "process 7: arena 'x': no such file"),
    ("process 7, started by /home/my own/app: no recorder", "process 7, started by app: no recorder"),
    ("1 child process: and/or not", "1 child process: and/or not"),
    ("as in /home/O'Brien/client/x, not there", "as in x, not there"),
    ("as in /home/a,b=c/client/x: not there", "as in x: not there"),
    ("process 7: arena '/tmp/O'Brien/x': no such file", "process 7: arena 'x': no such file"),
    ("process 7 (/home/client (1) x/a (b)): it still ran", "process 7 (a (b)): it still ran"),
    ("as in /home/client/\u{301}x", "as in \u{301}x"), ("see ~client/a/b", "see b"),
    ("in \"/home/client/\" or not", "in \"\" or not"),
  ])
  func aFolderMayHaveBlanksInItsName(line: String, redacted: String) { #expect(redactedUnseen(line) == redacted) }

  private func redactedMessage(_ message: String, path: String?) -> String? {
    var finding = finding()
    finding.message = message
    finding.resource?.file = path.map {
      ReportedResource.File(path: $0, descriptor: nil, unflushedBytes: nil, unsyncedBytes: nil)
    }
    return run([finding]).redacted([.paths]).findings.first?.message
  }

  @Test func aRelativePathIsCutDownToo() {
    #expect(redactedMessage("with \"my logs/a.log\" open", path: "my logs/a.log") == "with \"a.log\" open")
    #expect(
      redactedMessage("inside a rename of \"logs/a\" to \"my logs/b\"", path: "logs/a")
        == "inside a rename of \"a\" to \"b\"")
    #expect(
      redactedMessage("with \"client/\u{301}a.log\" open", path: "client/\u{301}a.log") == "with \"\u{301}a.log\" open")
    #expect(
      redactedMessage("inside a rename of \"a\" to \"\u{301}client/b\"", path: "a")
        == "inside a rename of \"a\" to \"b\"")
    #expect(redactedMessage("thread \"pool/1\" was abandoned", path: nil) == "thread \"pool/1\" was abandoned")
  }

  @Test(arguments: [
    ("-I/home/x/include", "include"), ("src/x/a.c", "a.c"), ("--map=/home/x=/usr/y", "--map=x=y"),
    ("cd '/home/my own/x' && make", "cd 'x' && make"), ("--fast", "--fast"), ("", ""), ("/", "/"),
    ("/home/Smith, John/data.csv", "data.csv"), ("/srv/[client]/x", "x"), ("/home/O'Brien/x", "x"),
    ("/home/a;b=c:d/x", "x"), ("/usr/lib:/opt/client/lib", "lib:lib"), ("--in=/home/Smith, John/x.csv", "--in=x.csv"),
    ("-DPATH=\"/home/a (b)/y\"", "-DPATH=\"y\""), ("a/b=c/d", "d"), ("x,/home/my own/y", "y"),
    ("../client/x", "x"), ("~/client/x", "x"), ("it's a/b", "b"), ("data/client=acme/part-0", "part-0"),
    ("rel/O'Brien/y/z", "z"), ("rel/O'Brien/O'Hara/z", "z"), ("--map=/home/x=/usr/y", "--map=x=y"),
    ("key=a/b", "key=b"), ("client/\u{301}x", "\u{301}x"), ("/home/client/\u{301}x", "\u{301}x"),
    ("a,\u{301}/client/x", "x"),
  ])
  func anArgumentKeepsNoFolder(argument: String, redacted: String) {
    #expect(run(arguments: [argument]).redacted([.paths]).process?.arguments == [redacted])
  }

  @Test(arguments: [
    ("see https://tracker.example/issues/7 (and http://x.example/a)", nil),
    ("as in ../client/cache.c, not in ./a/b.c", "as in cache.c, not in b.c"),
    ("~/client/log: it still ran", "log: it still ran"), ("at file:///home/x/a.c", "at file:a.c"),
    ("thread \"pool/1\" and/or a../b", nil), ("postgres://db.example/x/y", nil),
    ("at unix:///run/client/x.sock", "at unix:x.sock"), ("at sqlite:////home/client/x.db", "at sqlite:x.db"),
    ("at git+file:///home/client/x", "at git+file:x"), ("at git+file://host/client/x", "at git+file:x"),
  ])
  func anAddressStaysAndARelativePathDoesNot(line: String, redacted: String?) {
    #expect(redactedUnseen(line) == redacted ?? line)
  }

  @Test(arguments: [
    ("abandoned-lock file=src/x/*.c reason=\"as in ../x/a.c\"", "abandoned-lock file=*.c reason=\"as in a.c\""),
    (
      "abandoned-file resource=\"my logs/*.log\" module=*/client/app reason=r",
      "abandoned-file resource=*.log module=app reason=r"
    ),
    ("* file=/x/a.c reason=\"http://x.example/7\"", "* file=a.c reason=http://x.example/7"),
    ("* until=2027-01-31 file='a\"b/client/x' reason=/home/Smith,John/client/x", "* until=2027-01-31 file=x reason=x"),
    ("* file=\"a\\\"b/client/x y\" reason='say \"it\"'", "* file=\"x y\" reason='say \"it\"'"),
    (
      "* thread=/home/client/w function=\"f<(at ../client/a.c)>\" reason='a\\ b'",
      "* thread=w function=\"f<(at a.c)>\" reason=\"a\\ b\""
    ),
    ("* function=*/home/client/x.cc* reason=r", "* function=*/* reason=r"),
    ("* thread=?client/x resource=pool-* reason=r", "* thread=x resource=pool-* reason=r"),
    ("* file=third_party/client/ reason=r", "* file=*/* reason=r"),
    ("* file=*/client* reason=r", "* file=*/* reason=r"),
    ("* file=client*/x*y.c reason=r", "* file=*y.c reason=r"),
    ("* module=cl?ent/a?.so reason=r", "* module=?.so reason=r"),
    ("* file=a.c reason=/home/client/", "* file=a.c reason=*/*"), ("leak:client/\u{301}x", "leak:\u{301}x"),
    ("* file=client/\u{301}x reason=r", "* file=\u{301}x reason=r"),
    ("leak:client/app", "leak:app"), ("leak:^operator", "leak:^operator"), ("leak:third_party/client/", "leak:*/*"),
    ("leak:^/home/client/*", "leak:*/*"), ("leak:client*/x.c$", "leak:x.c$"), ("leak:operator/", "leak:*/*"),
    ("no line \"client/x", "x"),
  ])
  func aSuppressionsPatternsAreCutDown(text: String, redacted: String) {
    var report = run()
    let line = SuppressionUse(
      place: .init(source: "/home/x/app.supp", line: 1), text: text, reason: nil, until: nil, state: .unused,
      count: 0)
    report.suppressions = [line]
    #expect(report.redacted([.paths]).suppressions.map(\.text) == [redacted])
    guard !text.hasPrefix("no line") else { return }
    #expect(throws: Never.self) { _ = try Suppression.all(in: Array(redacted.utf8), source: "app.supp") }
  }

  @Test(arguments: [
    ("expected a rule (a, b) or *, found \"src/client/x\"", "expected a rule (a, b) or *, found \"x\""),
    ("unknown key \"a\"b/client/x=\"; expected one of thread=", "unknown key \"x=\"; expected one of thread="),
    ("the quote \" is not closed", "the quote \" is not closed"),
  ])
  func aMistakeInThemQuotesNoFolder(problem: String, redacted: String) {
    let place = "straggler_default_suppressions:1:3: "
    #expect(redactedUnseen(place + problem) == place + redacted)
  }

  @Test func whatIsAcceptedStaysAccepted() {
    #expect(report.redacted([.paths]).findings.map(\.fingerprint) == report.findings.map(\.fingerprint))
  }
}
