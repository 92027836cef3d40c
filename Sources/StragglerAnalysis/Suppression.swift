// A suppression: which findings are known and accepted, why, and until when.

internal import StragglerModel

/// One line of a suppression file.
public struct Suppression: Sendable, Equatable {
  /// Where it stands.
  public struct Place: Sendable, Hashable {
    /// The file as it was named, or what else the text came from.
    public var source: String
    /// Counted from 1.
    public var line: Int

    public init(source: String, line: Int) {
      self.source = source
      self.line = line
    }
  }

  /// The source of those that a program brings along in itself.
  public static let ownSource = "straggler_default_suppressions"

  public var place: Place
  /// The line as it was written.
  public var text: String
  /// nil for a sanitizer's line, which has none.
  public var reason: String?
  /// The last day on which it suppresses.
  public var until: CalendarDay?
  var pattern: Pattern

  /// What it matches: all of what is given.
  struct Pattern: Sendable, Equatable {
    var rules: Set<RuleID>
    var thread: Glob?
    var resource: Glob?
    var frame = FramePattern()
  }

  /// What one and the same frame has to be.
  struct FramePattern: Sendable, Equatable {
    var function: Glob?
    var module: Glob?
    var file: Glob?
    /// A sanitizer's pattern: it fits any of the three.
    var anywhere: Glob?

    var isEmpty: Bool { function == nil && module == nil && file == nil && anywhere == nil }
  }

  /// Whether it has ended: `until` is the last day of its life.
  public func isExpired(on today: CalendarDay) -> Bool { until.map { $0 < today } ?? false }

  /// Whether it is about this finding. One that stands for several threads must be so for each of them.
  public func matches(_ finding: Finding) -> Bool { pattern.matches(finding) }
}

extension Suppression.Pattern {
  func matches(_ finding: Finding) -> Bool {
    rules.contains(finding.rule) && matchesThreads(of: finding) && matchesResource(of: finding)
      && (frame.isEmpty || finding.stacks.contains { $0.frames.contains(where: frame.matches) })
  }

  private func matchesThreads(of finding: Finding) -> Bool {
    guard let thread else { return true }
    guard let first = finding.thread?.identity else { return false }
    return ([first] + finding.similar).allSatisfy { $0.name.map(thread.matches) ?? false }
  }

  private func matchesResource(of finding: Finding) -> Bool {
    guard let glob = resource else { return true }
    guard let resource = finding.resource else { return false }
    return (resource.name.map { glob.matches($0) } ?? false) || (resource.file?.path.map(glob.matchesPath) ?? false)
  }
}

extension Suppression.FramePattern {
  func matches(_ frame: Frame) -> Bool {
    if let anywhere {
      return [frame.function, frame.module, frame.file].contains { $0.map { anywhere.matches($0) } ?? false }
    }
    return fits(function, frame.function) { $0.matches($1) } && fits(module, frame.module) { $0.matchesPath($1) }
      && fits(file, frame.file) { $0.matchesPath($1) }
  }

  private func fits(_ glob: Glob?, _ text: String?, _ matches: (Glob, String) -> Bool) -> Bool {
    guard let glob else { return true }
    return text.map { matches(glob, $0) } ?? false
  }
}

extension Finding {
  /// Every stack that the report shows of it.
  fileprivate var stacks: [Stack] {
    [acquired, created, stopped].compactMap(\.self) + circle.flatMap { [$0.acquired, $0.stopped].compactMap(\.self) }
  }
}
