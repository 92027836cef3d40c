// What was not seen in the processes of a run that have no part of their own in its report.

internal import StragglerModel

/// The same line of many processes of a program is one.
struct BlindSpots {
  private struct Spot: Hashable {
    var program: String
    var line: String
  }
  private var processes: [Spot: Set<Int32>] = [:]
  private var order: [Spot] = []

  mutating func add(_ unseen: [String], of process: RecordedProcess) {
    for line in unseen {
      let spot = Spot(program: process.executable, line: line)
      if processes[spot] == nil { order.append(spot) }
      processes[spot, default: []].insert(process.id)
    }
  }

  /// In the order in which they were added.
  var lines: [String] {
    order.map { spot in
      let ids = processes[spot] ?? []
      let who = ids.count == 1 ? ids.map { "process \($0)" }[0] : "\(ids.count) processes"
      return "\(who) (\(spot.program)): \(spot.line)"
    }
  }
}
