// Many reports become one.

extension Report {
  /// Several reports under one that belongs to no process. Reports that were merged before are taken apart first.
  public static func joining(_ reports: [Report]) -> Report {
    var joined = Report(process: nil, children: reports.flatMap(\.runs))
    // Those of the others are in their runs.
    joined.suppressions = reports.filter(\.isMerged).flatMap(\.suppressions)
    joined.gatherSuppressions()
    joined.redacted = Redaction.allCases.filter { redaction in reports.contains { $0.redacted.contains(redaction) } }
    joined.baseline = reports.compactMap(\.baseline).reduce(nil) { $0?.united(with: $1) ?? $1 }
    return joined
  }

  /// Makes the findings of a joined report stand for all its runs: a mistake that several of them made stands once, in the
  /// one that made it most often, and says in how many it was found.
  ///
  /// - Complexity: O(findings).
  public mutating func mergeEqualFindings() {
    for findings in [\Report.findings, \Report.suppressed] {
      let counts = FindingCounts(children, of: findings)
      for index in children.indices { counts.keepRepresentatives(in: &children[index], run: index) }
    }
  }
}

extension BaselineUse {
  /// Of several baselines only the numbers can be added up; what is gone in one run may be there in another.
  fileprivate func united(with other: BaselineUse) -> BaselineUse {
    BaselineUse(source: source, known: known + other.known, new: new + other.new, gone: min(gone, other.gone))
  }
}

/// How often each mistake was made in which of several runs.
///
/// A run that made a mistake three times has three findings of it: the first to third. The run with the most stands for all.
private struct FindingCounts {
  private struct Mistake {
    /// In how many runs it was made once, twice...
    var runs: [Int] = []
    var representative = 0
    /// How often the representative made it, by thread.
    var most = 0
  }

  private let findings: WritableKeyPath<Report, [Finding]>
  private var mistakes: [String: Mistake] = [:]

  init(_ runs: [Report], of findings: WritableKeyPath<Report, [Finding]>) {
    self.findings = findings
    for (index, run) in runs.enumerated() {
      var ordinals: [String: Int] = [:]
      count(run, &ordinals)
      for (fingerprint, count) in run.occurrences(of: findings) where count > mistakes[fingerprint]?.most ?? 0 {
        mistakes[fingerprint]?.most = count
        mistakes[fingerprint]?.representative = index
      }
    }
  }

  private mutating func count(_ report: Report, _ ordinals: inout [String: Int]) {
    for finding in report[keyPath: findings] {
      let ordinal = ordinals[finding.fingerprint, default: 0]
      ordinals[finding.fingerprint] = ordinal + 1
      // One of a merged report has been counted before.
      let count = finding.count ?? 1
      if mistakes[finding.fingerprint, default: Mistake()].runs.count > ordinal {
        mistakes[finding.fingerprint]!.runs[ordinal] += count
      } else {
        mistakes[finding.fingerprint, default: Mistake()].runs.append(count)
      }
    }
    for child in report.children { count(child, &ordinals) }
  }

  /// Leaves those findings in a run that stand for all runs, and counts them.
  func keepRepresentatives(in report: inout Report, run: Int) {
    var ordinals: [String: Int] = [:]
    keep(in: &report, run: run, &ordinals)
  }

  private func keep(in report: inout Report, run: Int, _ ordinals: inout [String: Int]) {
    report[keyPath: findings] = report[keyPath: findings].compactMap { finding in
      guard let mistake = mistakes[finding.fingerprint], mistake.representative == run else { return nil }
      let ordinal = ordinals[finding.fingerprint, default: 0]
      ordinals[finding.fingerprint] = ordinal + 1
      var finding = finding
      finding.count = mistake.runs[ordinal]
      return finding
    }
    for index in report.children.indices { keep(in: &report.children[index], run: run, &ordinals) }
  }
}
