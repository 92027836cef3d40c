// How much a finding weighs.

/// The weight of a finding. `Comparable` from the lightest to the heaviest.
public enum Level: String, Sendable, CaseIterable, Comparable {
  case note, warning, error

  public static func < (a: Self, b: Self) -> Bool { a.weight < b.weight }

  /// Grows with the harm.
  var weight: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// Whether the findings of a run fail it.
///
/// - Parameters:
///   - report: Its children's findings count as its own; suppressed ones don't.
///   - failOn: The lightest level that fails a run; nil (`--fail-on never`) lets everything pass.
public func failing(_ report: Report, failOn: Level?) -> Bool {
  guard let failOn else { return false }
  return report.findings.contains { $0.level >= failOn } || report.children.contains { failing($0, failOn: failOn) }
}
