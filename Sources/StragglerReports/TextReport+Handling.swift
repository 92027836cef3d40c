// What the text report says of suppressions and of the baseline: what each was good for.

internal import StragglerAnalysis

extension TextReport {
  mutating func addHandling(_ report: Report) {
    let before = lines.count
    for use in report.suppressions where use.state == .used {
      let reason = use.reason.map { " (\(visible($0)))" } ?? ""
      addHandling("suppressed", "\(use.count) \(use.count == 1 ? "finding" : "findings") by \(place(use))\(reason)")
    }
    for use in report.suppressions where use.state == .expired {
      let again = "; \(use.count) \(use.count == 1 ? "finding counts" : "findings count") again"
      let day = use.until.map { " on \($0)" } ?? ""
      addHandling("expired", "\(place(use)) ended\(day)\(use.count == 0 ? "" : again)")
    }
    let unused = report.suppressions.filter { $0.state == .unused }
    if !unused.isEmpty { addHandling("matched nothing", unused.map(place).joined(separator: ", ")) }
    if let baseline = report.baseline { addHandling("baseline", phrase(baseline)) }
    if lines.count > before { add("") }
  }

  private mutating func addHandling(_ label: String, _ text: String) { add("\(style.label(label + ":")) \(text)") }

  private func place(_ use: SuppressionUse) -> String { "\(style.path(use.place.source)):\(use.place.line)" }

  private func phrase(_ use: BaselineUse) -> String {
    let gone = use.gone == 0 ? "" : "; \(use.gone) of it did not occur again"
    return "\(style.path(use.source)) knows \(use.known), \(use.new) \(use.new == 1 ? "is" : "are") new\(gone)"
  }
}
