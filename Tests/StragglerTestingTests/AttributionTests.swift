// Whose a leftover is.

import Testing

@testable import Straggler
@testable import StragglerTesting

@Suite struct AttributionTests {
  private var group = ScopeGroup()

  private func finding(
    _ thread: Int, named name: String? = "writer", rule: String = "abandoned-lock", level: Audit.Level = .error,
    similar: [Audit.ThreadIdentity] = [], acquiredIn module: String? = "/app/AppPackageTests.xctest"
  ) -> Audit.Finding {
    Audit.Finding(
      rule: rule, level: level, message: "thread \"\(name ?? "")\" would be abandoned holding lock \"journal\"",
      thread: Audit.ThreadIdentity(number: thread, nativeID: nil, name: name),
      resource: Audit.Resource(kind: "mutex", name: "journal", path: nil), waiters: [], similar: similar,
      acquired: [Audit.Place(address: 0, module: module)])
  }

  private func authors(
    _ findings: [Audit.Finding], of scope: TestScope, ignoring exemptions: [Exemption] = [], idle: Bool = false,
    origins: [Int: Origin]
  ) -> [Leftover.Author] {
    leftovers(
      of: scope, in: group, audit: Audit(findings: findings, unseen: [], lost: 0),
      options: CheckOptions(grace: .zero, exemptions: exemptions, countsIdleThreads: idle),
      origin: { origins[$0] ?? Origin() }
    ).map(\.author)
  }

  @Test mutating func `A thread that the test made is the test's, whatever runs beside it`() {
    let scope = group.begin("a", within: 0, threadBefore: 3)
    _ = group.begin("b", within: 0, threadBefore: 3)
    #expect(authors([finding(4)], of: scope, origins: [4: Origin(token: scope.token)]) == [.test])
  }

  @Test mutating func `A thread that another test made is not the test's`() {
    let a = group.begin("a", within: 0, threadBefore: 3)
    let b = group.begin("b", within: 0, threadBefore: 3)
    #expect(authors([finding(4)], of: a, origins: [4: Origin(token: b.token)]).isEmpty)
    #expect(authors([finding(4)], of: a, origins: [4: Origin(token: 99)]).isEmpty)
  }

  @Test mutating func `A thread's thread is the test's where no other test ran, and one of them's where one did`() {
    let a = group.begin("a", within: 0, threadBefore: 3)
    let inherited = [4: Origin(token: a.token, inherited: true), 9: Origin(token: a.token, inherited: true)]
    #expect(authors([finding(4)], of: a, origins: inherited) == [.threadOfTest])
    let b = group.begin("b", within: 0, threadBefore: 8)
    #expect(authors([finding(4)], of: a, origins: inherited) == [.threadOfTest])
    #expect(authors([finding(9)], of: a, origins: inherited) == [.oneOf(["a", "b"])])
    #expect(authors([finding(9)], of: b, origins: inherited) == [.oneOf(["a", "b"])])
    #expect(authors([finding(4)], of: b, origins: inherited).isEmpty)
  }

  @Test mutating func `A thread of unknown making is one of those' that ran when it was made`() {
    let a = group.begin("a", within: 0, threadBefore: 3)
    group.end(a, threadAtEnd: 5)
    let b = group.begin("b", within: 0, threadBefore: 5)
    #expect(authors([finding(3)], of: b, origins: [:]).isEmpty)
    _ = group.begin("c", within: 0, threadBefore: 6)
    #expect(authors([finding(6)], of: b, origins: [:]) == [.oneOf(["b"])])
    #expect(authors([finding(7)], of: b, origins: [:]) == [.oneOf(["b", "c"])])
  }

  @Test mutating func `A pool's thread, however old, is never certainly one test's`() {
    let a = group.begin("a", within: 0, threadBefore: 3)
    #expect(authors([finding(2)], of: a, origins: [2: Origin(isOfPool: true)]) == [.oneOf(["a"])])
  }

  @Test mutating func `What was held before a test began, on a pool's thread, is not the test's`() {
    let held = Leftover.Key.all(of: Audit(findings: [finding(2)], unseen: [], lost: 0))
    let pool = [2: Origin(isOfPool: true)]
    let a = group.begin("a", within: 0, threadBefore: 3, heldBefore: held)
    #expect(authors([finding(2)], of: a, origins: pool).isEmpty)
    #expect(authors([finding(2, rule: "abandoned-file")], of: a, origins: pool) == [.oneOf(["a"])])
    let b = group.begin("b", within: 0, threadBefore: 3)
    let c = group.begin("c", within: 0, threadBefore: 3, heldBefore: held)
    for scope in [a, b, c] { #expect(authors([finding(2)], of: scope, origins: pool) == [.oneOf(["b"])]) }
  }

  @Test(arguments: [
    ("/usr/lib/swift/linux/libTesting.so", true), ("/usr/lib/swift/linux/lib_Testing_Foundation.so", true),
    ("/usr/lib/swift/linux/lib_TestingInterop.so", true), ("/usr/lib/swift/linux/libXCTest.so", true),
    ("/app/libTestingGround.so", false), ("/libTesting.so/AppPackageTests.xctest", false),
    ("/usr/lib/swift/linux/libFoundation.so", false), (nil, false),
  ])
  mutating func `What the testing library has for itself is no test's, on whichever thread`(
    module: String?, isLibrary: Bool
  ) {
    let a = group.begin("a", within: 0, threadBefore: 3)
    let found = [finding(2, rule: "abandoned-file", acquiredIn: module), finding(4, acquiredIn: module)]
    let authors = authors(found, of: a, origins: [2: Origin(isOfPool: true), 4: Origin(token: a.token)])
    #expect(authors == (isLibrary ? [] : [.oneOf(["a"]), .test]))
  }

  @Test mutating func `Each thread of a finding is attributed by itself`() {
    let a = group.begin("a", within: 0, threadBefore: 3)
    let b = group.begin("b", within: 0, threadBefore: 3)
    let other = Audit.ThreadIdentity(number: 5, nativeID: nil, name: "other")
    let origins = [4: Origin(token: a.token), 5: Origin(token: b.token)]
    #expect(authors([finding(4, similar: [other])], of: a, origins: origins) == [.test])
    let left = leftovers(
      of: b, in: group, audit: Audit(findings: [finding(4, similar: [other])], unseen: [], lost: 0),
      options: CheckOptions(grace: .zero, exemptions: [], countsIdleThreads: false), origin: { origins[$0] ?? Origin() }
    )
    #expect(
      left.map { $0.message(after: .seconds(1)) } == [
        "left behind by this test 1.0 seconds after its end: thread \"other\" would be abandoned holding lock "
          + "\"journal\" [abandoned-lock]"
      ])
  }

  @Test(arguments: [
    (Exemption.rule("abandoned-*"), true), (.rule("orphaned-lock"), false), (.thread("wri?er"), true),
    (.thread("write"), false), (.resource("jour*"), true), (.resource("*.log"), false),
  ])
  mutating func `Exemptions are globs`(exemption: Exemption, exempts: Bool) {
    let a = group.begin("a", within: 0, threadBefore: 3)
    let found = authors([finding(4)], of: a, ignoring: [exemption], origins: [4: Origin(token: a.token)])
    #expect(found.isEmpty == exempts)
  }

  @Test mutating func `Threads that hold nothing count where that is asked for`() {
    let a = group.begin("a", within: 0, threadBefore: 3)
    let idle = [
      finding(4, rule: "abandoned-thread", level: .note), finding(4, rule: "unjoined-thread", level: .note),
      finding(4, rule: "abandoned-file", level: .note),
    ]
    let origins = [4: Origin(token: a.token)]
    #expect(authors(idle, of: a, origins: origins).isEmpty)
    #expect(authors(idle, of: a, idle: true, origins: origins).count == 2)
  }

  @Test mutating func `A check within another one is alone, and not its companion`() {
    let suite = group.begin("suite", within: 0, threadBefore: 3)
    let test = group.begin("test", within: suite.token, threadBefore: 3)
    let inherited = [4: Origin(token: test.token, inherited: true)]
    #expect(group.isAlone(test))
    #expect(!group.isAlone(suite))
    #expect(authors([finding(4)], of: test, origins: inherited) == [.threadOfTest])
    group.end(test, threadAtEnd: 4)
    #expect(group.isAlone(suite))
    #expect(authors([finding(4)], of: suite, origins: inherited).isEmpty)
  }

  @Test mutating func `Where a test is checked within its suite's check, its own options hold`() {
    let suite = group.begin("test", within: 0, threadBefore: 3)
    let test = group.begin("test", within: suite.token, threadBefore: 3)
    let pool = [2: Origin(isOfPool: true)]
    #expect(authors([finding(2)], of: test, origins: pool) == [.oneOf(["test"])])
    #expect(authors([finding(2)], of: test, ignoring: [.thread("writer")], origins: pool).isEmpty)
    #expect(authors([finding(2)], of: suite, origins: pool).isEmpty)
  }

  @Test mutating func `What is uncertain is told once, until no check goes on`() {
    let a = group.begin("a", within: 0, threadBefore: 3)
    let leftover = Leftover(
      key: Leftover.Key(thread: 4, rule: "abandoned-lock"), finding: finding(4),
      thread: Audit.ThreadIdentity(number: 4, nativeID: nil, name: nil), author: .oneOf(["a"]))
    #expect(group.untold([leftover]).count == 1)
    #expect(group.untold([leftover]).isEmpty)
    group.end(a, threadAtEnd: 4)
    _ = group.begin("b", within: 0, threadBefore: 4)
    #expect(group.members.map(\.name) == ["b"])
  }
}
