// The rules: what makes findings. One table, which reports, `straggler explain` and docs/rules.md share.

/// A rule's name, as reports, options and the documentation spell it.
public enum RuleID: String, Sendable, CaseIterable {
  case abandonedLock = "abandoned-lock"
  case orphanedLock = "orphaned-lock"
  case abandonedSection = "abandoned-section"
  case abandonedFile = "abandoned-file"
  case deadlockedExit = "deadlocked-exit"
  case stalledExit = "stalled-exit"
  case abandonedUserThread = "abandoned-user-thread"
  case heldAtExit = "held-at-exit"
  case abandonedThread = "abandoned-thread"
  case unjoinedThread = "unjoined-thread"
}

/// One rule, with everything that is ever said of it.
public struct Rule: Sendable {
  public var id: RuleID
  /// The level of its findings; `levelNote` says when it is another.
  public var level: Level
  public var levelNote: String?
  /// When it is found: one line.
  public var summary: String
  /// Why it matters: one line, shown under a finding.
  public var harm: String
  /// What to do: one line, shown under a finding.
  public var advice: String
  /// Findings that have words of their own.
  public var exception: Exception?
  public var page: Page

  /// What is shown under a finding.
  public struct Words: Sendable, Hashable {
    public var harm: String
    public var advice: String
  }

  /// Findings to which neither applies.
  public struct Exception: Sendable {
    /// Goes on after "where": `the thread is main`.
    public var condition: String
    public var applies: @Sendable (Finding) -> Bool
    public var words: Words
  }

  var words: Words { Words(harm: harm, advice: advice) }

  /// What is shown under this finding of the rule.
  public func words(for finding: Finding) -> Words {
    if let exception, exception.applies(finding) { return exception.words }
    return words
  }

  /// The long explanation. Paragraphs are single lines; whoever shows them wraps them.
  public struct Page: Sendable {
    public var meaning: [String]
    /// The smallest program that shows it.
    public var example: Example
    /// What it did to programs in the field.
    public var field: [String]
    public var mending: [String]
    /// When it may stay as it is.
    public var acceptable: [String]
  }

  public struct Example: Sendable {
    /// `c`, `swift`: the language, as Markdown's code blocks name it.
    public var language: String
    public var code: String
  }

  /// In the order in which findings of the same level are shown.
  public static let all: [Rule] = [
    abandonedLock, orphanedLock, abandonedSection, abandonedFile, deadlockedExit, stalledExit, abandonedUserThread,
    heldAtExit, abandonedThread, unjoinedThread,
  ]

  /// The rule of an id.
  public static func of(_ id: RuleID) -> Rule {
    switch id {
    case .abandonedLock: abandonedLock
    case .orphanedLock: orphanedLock
    case .abandonedSection: abandonedSection
    case .abandonedFile: abandonedFile
    case .deadlockedExit: deadlockedExit
    case .stalledExit: stalledExit
    case .abandonedUserThread: abandonedUserThread
    case .heldAtExit: heldAtExit
    case .abandonedThread: abandonedThread
    case .unjoinedThread: unjoinedThread
    }
  }

  /// The rule that a person named; nil where there is none of that name.
  public static func named(_ name: String) -> Rule? { RuleID(rawValue: name).map(of) }
}
