// What a report says of suppressions: what each did, and what became of a finding.

/// One suppression, and what it was good for in this run.
public struct SuppressionUse: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    case used
    /// It matched nothing.
    case unused
    /// Its last day is over: it suppresses nothing any more.
    case expired
  }

  public var place: Suppression.Place
  /// As it was written.
  public var text: String
  public var reason: String?
  public var until: CalendarDay?
  public var state: State
  /// How many findings it took out; of an expired one: how many count again.
  public var count: Int

  public init(
    place: Suppression.Place, text: String, reason: String?, until: CalendarDay?, state: State, count: Int
  ) {
    self.place = place
    self.text = text
    self.reason = reason
    self.until = until
    self.state = state
    self.count = count
  }
}

/// Why a finding does not count.
public struct AppliedSuppression: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A line of a suppression file, or of the text that the program itself has.
    case rule
    /// An earlier report has it.
    case baseline
  }

  public var kind: Kind
  /// The file, or `straggler_default_suppressions`.
  public var source: String
  /// nil for a baseline.
  public var line: Int?
  public var reason: String?

  public init(kind: Kind, source: String, line: Int?, reason: String?) {
    self.kind = kind
    self.source = source
    self.line = line
    self.reason = reason
  }
}
