// One check: looks, waits, looks again.

internal import Straggler

/// The check of one test, begun before it.
struct LeftoverCheck {
  let scope: TestScope
  let options: CheckOptions
  private var backOff: BackOff
  private var found: [Leftover]?
  /// No other checked test went on at the last look.
  private var isAlone = false

  /// Throws what an audit does.
  init(_ name: String, _ options: CheckOptions) throws(AuditError) {
    guard Origin.isRecorded else { throw .noRecorder }
    self.options = options
    backOff = BackOff(limit: options.grace)
    let held = Leftover.Key.all(of: try audit())
    let (current, before) = (Origin.current, Origin.newestThread)
    scope = TestScope.withGroup { $0.begin(name, within: current, threadBefore: before, heldBefore: held) }
  }

  /// Looks whether anything of the test's is left. Returns how long to wait before the next look; nil after the last one.
  ///
  /// What only may be this test's counts if each look has found it, and while no other checked test goes on: whoever ends last
  /// has it, or nobody, and then the report at the process's end.
  mutating func look() throws(AuditError) -> Duration? {
    let audit = try audit()
    let group = TestScope.withGroup { $0 }
    let earlier = found.map { Set($0.map(\.key)) }
    let now = leftovers(of: scope, in: group, audit: audit, options: options, origin: Origin.init(ofThread:))
      .filter { $0.isCertain || earlier?.contains($0.key) ?? true }
    found = now
    isAlone = group.isAlone(scope)
    return now.contains { $0.isCertain || isAlone } ? backOff.next() : nil
  }

  /// Ends the check, and gives what the last look has found; what is not certain once only.
  func end() -> [Leftover] {
    let newest = Origin.newestThread
    let left = found ?? []
    let uncertain = isAlone ? left.filter { !$0.isCertain } : []
    return TestScope.withGroup { group in
      group.end(scope, threadAtEnd: newest)
      return left.filter(\.isCertain) + group.untold(uncertain)
    }
  }
}
