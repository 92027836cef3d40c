// Takes suppressed findings out of those that count.

extension Report {
  /// Moves what the suppressions match from the findings to the suppressed ones, in this process and in its children, and notes
  /// what each suppression did. The first one that matches a finding has it.
  ///
  /// - Parameter today: the day by which suppressions expire.
  public mutating func suppress(by suppressions: [Suppression], today: CalendarDay) {
    guard !suppressions.isEmpty else { return }
    let expired = suppressions.map { $0.isExpired(on: today) }
    var counts = [Int](repeating: 0, count: suppressions.count)
    suppress(by: suppressions, expired: expired, counts: &counts)
    for (index, suppression) in suppressions.enumerated() {
      self.suppressions.append(
        SuppressionUse(
          place: suppression.place, text: suppression.text, reason: suppression.reason, until: suppression.until,
          state: expired[index] ? .expired : counts[index] > 0 ? .used : .unused, count: counts[index]))
    }
  }

  private mutating func suppress(by suppressions: [Suppression], expired: [Bool], counts: inout [Int]) {
    var counting: [Finding] = []
    for finding in findings {
      let matching = suppressions.indices.filter { suppressions[$0].matches(finding) }
      if let index = matching.first(where: { !expired[$0] }) {
        counts[index] += 1
        suppressed.append(finding.suppressed(by: suppressions[index]))
      } else {
        if let index = matching.first { counts[index] += 1 }
        counting.append(finding)
      }
    }
    findings = counting
    for index in children.indices {
      children[index].suppress(by: suppressions, expired: expired, counts: &counts)
    }
  }

  /// Takes what is said of suppressions from the children, each of which was made by itself, to this report, once for each
  /// suppression.
  public mutating func gatherSuppressions() {
    var indices: [SuppressionKey: Int] = [:]
    var gathered: [SuppressionUse] = []
    for use in takeSuppressions() {
      let key = SuppressionKey(place: use.place, text: use.text, isExpired: use.state == .expired)
      guard let index = indices[key] else {
        indices[key] = gathered.count
        gathered.append(use)
        continue
      }
      gathered[index].count += use.count
      if use.state == .used { gathered[index].state = .used }
    }
    suppressions = gathered
  }

  private mutating func takeSuppressions() -> [SuppressionUse] {
    var uses = suppressions
    suppressions = []
    for index in children.indices { uses += children[index].takeSuppressions() }
    return uses
  }
}

/// What makes two uses those of one suppression. Reports of different days may differ in whether it was over.
private struct SuppressionKey: Hashable {
  var place: Suppression.Place
  var text: String
  var isExpired: Bool
}

extension Finding {
  fileprivate func suppressed(by suppression: Suppression) -> Finding {
    var finding = self
    finding.suppression = AppliedSuppression(
      kind: .rule, source: suppression.place.source, line: suppression.place.line, reason: suppression.reason)
    return finding
  }
}
