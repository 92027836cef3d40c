// The tests that are being checked, and those that were while one of these was.

internal import Synchronization

/// One checked test, from its beginning to the end of its check.
struct TestScope: Sendable, Equatable {
  var token: UInt32
  /// As reports say it.
  var name: String
  /// Tokens of the checks that this one lies within.
  var enclosing: Set<UInt32>
  /// The last thread that was made before it began.
  var threadBefore: Int
  /// The last one that was made before it ended; nil while it goes on.
  var threadAtEnd: Int?
  /// What was held before it began, by whomever.
  var heldBefore: Set<Leftover.Key>

  /// Whether a thread of this number was made while the test went on.
  func saw(_ thread: Int) -> Bool { thread > threadBefore && thread <= threadAtEnd ?? Int.max }

  /// Whether a thread may have come to hold this for the test, as far as its making tells nothing.
  func mayHaveLeft(_ key: Leftover.Key, _ origin: Origin) -> Bool {
    (origin.isOfPool || saw(key.thread)) && !heldBefore.contains(key)
  }
}

/// Checked tests that ran at the same time, directly or one after the other: since there was none at all.
struct ScopeGroup: Sendable {
  private(set) var members: [TestScope] = []
  private var lastToken: UInt32 = 0
  private var told: Set<Leftover.Key> = []

  mutating func begin(
    _ name: String, within current: UInt32, threadBefore: Int, heldBefore: Set<Leftover.Key> = []
  ) -> TestScope {
    if members.allSatisfy({ $0.threadAtEnd != nil }) {
      members = []
      told = []
    }
    lastToken += 1
    var enclosing = members.first { $0.token == current }?.enclosing ?? []
    if current != 0 { enclosing.insert(current) }
    let scope = TestScope(
      token: lastToken, name: name, enclosing: enclosing, threadBefore: threadBefore, heldBefore: heldBefore)
    members.append(scope)
    return scope
  }

  mutating func end(_ scope: TestScope, threadAtEnd: Int) {
    guard let index = members.firstIndex(where: { $0.token == scope.token }) else { return }
    members[index].threadAtEnd = threadAtEnd
  }

  /// No other checked test goes on, except those that this one lies within.
  func isAlone(_ scope: TestScope) -> Bool {
    members.allSatisfy { $0.threadAtEnd != nil || $0.token == scope.token || scope.enclosing.contains($0.token) }
  }

  /// Other checked tests that went on at any time since this one began.
  func companions(of scope: TestScope) -> [TestScope] {
    members.filter { other in
      other.token != scope.token && !scope.enclosing.contains(other.token)
        && !other.enclosing.contains(scope.token) && other.threadAtEnd ?? Int.max >= scope.threadBefore
    }
  }

  /// Whether another check went on within this one: a test's own, within its suite's. That one speaks for it, with its own options.
  func isAround(_ scope: TestScope) -> Bool { members.contains { $0.enclosing.contains(scope.token) } }

  /// Those that nobody was told of yet.
  mutating func untold(_ leftovers: [Leftover]) -> [Leftover] { leftovers.filter { told.insert($0.key).inserted } }
}

extension TestScope {
  private static let group = Synchronization.Mutex(ScopeGroup())

  static func withGroup<Result: Sendable>(_ body: (inout sending ScopeGroup) -> sending Result) -> Result {
    group.withLock { body(&$0) }
  }
}
