// What a test has left behind, and whether it was this test.

internal import Straggler

/// One thing that would be found if the process ended now, of one thread.
struct Leftover: Sendable, Equatable {
  /// Tells one from the next: the same hold, seen twice, has the same.
  struct Key: Hashable, Sendable {
    var thread: Int
    var rule: String
    var resource: Audit.Resource?
    var place: UInt64?
  }

  /// Who left it.
  enum Author: Sendable, Equatable {
    /// The test itself, or a task of it, made the thread.
    case test
    /// A thread made it that the test had made.
    case threadOfTest
    /// Nobody can tell: one of these, by name, or something that is not checked.
    case oneOf([String])
  }

  var key: Key
  var finding: Audit.Finding
  var thread: Audit.ThreadIdentity
  var author: Author

  var isCertain: Bool {
    if case .oneOf = author { false } else { true }
  }
}

extension Leftover.Key {
  init(_ finding: Audit.Finding, of thread: Audit.ThreadIdentity) {
    self.init(
      thread: thread.number, rule: finding.rule, resource: finding.resource, place: finding.acquired.first?.address)
  }

  /// Of everything that an audit found.
  static func all(of audit: Audit) -> Set<Self> {
    Set(audit.findings.flatMap { finding in finding.threads.map { Self(finding, of: $0) } })
  }
}

extension Audit.Finding {
  /// All that it was found for.
  var threads: [Audit.ThreadIdentity] { (thread.map { [$0] } ?? []) + similar }
}

/// What of an audit may be this test's. What another test made is not in it.
///
/// - Parameter origin: a thread's, by its number.
func leftovers(
  of scope: TestScope, in group: ScopeGroup, audit: Audit, options: CheckOptions, origin: (Int) -> Origin
) -> [Leftover] {
  audit.findings.filter(options.counts).flatMap { finding in
    finding.threads.compactMap { thread in
      let key = Leftover.Key(finding, of: thread)
      guard !options.exempts(finding, of: thread), let author = author(of: key, origin(thread.number), scope, group)
      else { return nil }
      return Leftover(key: key, finding: finding, thread: thread, author: author)
    }
  }
}

/// nil where it was somebody else.
private func author(
  of key: Leftover.Key, _ origin: Origin, _ scope: TestScope, _ group: ScopeGroup
) -> Leftover.Author? {
  guard let token = origin.token else {
    let members = group.members.filter { $0.mayHaveLeft(key, origin) && !group.isAround($0) }
    return members.isEmpty || group.isAround(scope) ? nil : .oneOf(members.map(\.name))
  }
  guard origin.inherited, let maker = group.members.first(where: { $0.token == token }) else {
    return token == scope.token ? .test : nil
  }
  // A thread of one test's may work for another test, too: a server that both use. Alone it can't have.
  let others = group.companions(of: maker).filter { $0.saw(key.thread) }
  guard others.isEmpty else { return .oneOf(([maker] + others).map(\.name)) }
  return token == scope.token ? .threadOfTest : nil
}
