// Baselines: what an earlier report has does not fail a run, what comes on top does.

/// The findings of an earlier report, counted by fingerprint.
public struct Baseline: Sendable {
  private let source: String
  /// How often each mistake is known to be made in one run.
  private let known: [String: Int]

  /// - Parameters:
  ///   - report: of one run, or of several that were merged: then the run that made a mistake most often is the measure.
  ///   - source: what reports call the baseline: its file.
  public init(_ report: Report, source: String) {
    self.source = source
    var known: [String: Int] = [:]
    for run in report.runs {
      for (fingerprint, count) in run.occurrences(of: \.baselined) {
        known[fingerprint] = max(known[fingerprint] ?? 0, count)
      }
    }
    self.known = known
  }

  /// Moves what is known from the findings of each run to its suppressed ones. A finding that stands for more threads than
  /// are known stays, and says how many are new.
  ///
  /// - Parameter runs: reports of one run each, held against the baseline one by one.
  public func apply(to runs: inout [Report]) -> BaselineUse {
    var use = BaselineUse(source: source)
    var used: [String: Int] = [:]
    for index in runs.indices {
      var left = known
      apply(to: &runs[index], left: &left, use: &use)
      for (fingerprint, count) in runs[index].occurrences(of: \.baselined) {
        used[fingerprint] = max(used[fingerprint] ?? 0, count)
      }
    }
    use.gone = known.reduce(0) { $0 + max(0, $1.value - (used[$1.key] ?? 0)) }
    return use
  }

  private func apply(to report: inout Report, left: inout [String: Int], use: inout BaselineUse) {
    var counting: [Finding] = []
    for var finding in report.findings {
      let count = finding.occurrences
      let allowed = left[finding.fingerprint] ?? 0
      left[finding.fingerprint] = max(0, allowed - count)
      use.known += min(count, allowed)
      use.new += max(0, count - allowed)
      if allowed >= count {
        finding.suppression = AppliedSuppression(kind: .baseline, source: source, line: nil, reason: nil)
        report.suppressed.append(finding)
      } else {
        finding.new = count - allowed
        counting.append(finding)
      }
    }
    report.findings = counting
    for index in report.children.indices { apply(to: &report.children[index], left: &left, use: &use) }
  }
}

/// What a report says of its baseline. Everything is counted by thread: a finding that stands for three counts three times.
public struct BaselineUse: Sendable, Equatable {
  /// Its file.
  public var source: String
  public var known: Int
  public var new: Int
  /// What the baseline has and the run did not show.
  public var gone: Int

  public init(source: String, known: Int = 0, new: Int = 0, gone: Int = 0) {
    self.source = source
    self.known = known
    self.new = new
    self.gone = gone
  }
}

extension Report {
  /// The reports of single runs that this one consists of: itself, or what was merged.
  public var runs: [Report] { isMerged ? children : [self] }

  /// Whether it belongs to no process but consists of others.
  public var isMerged: Bool { process == nil && !children.isEmpty }

  /// What counted, or would have without a baseline: a baseline that was made under another one is whole.
  fileprivate var baselined: [Finding] { findings + suppressed.filter { $0.suppression?.kind == .baseline } }

  /// How often each mistake was made, in this process and in its children.
  func occurrences(of findings: KeyPath<Report, [Finding]>) -> [String: Int] {
    var counts: [String: Int] = [:]
    count(findings, in: &counts)
    return counts
  }

  private func count(_ findings: KeyPath<Report, [Finding]>, in counts: inout [String: Int]) {
    for finding in self[keyPath: findings] { counts[finding.fingerprint, default: 0] += finding.occurrences }
    for child in children { child.count(findings, in: &counts) }
  }
}
