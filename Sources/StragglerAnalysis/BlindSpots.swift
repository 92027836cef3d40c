// What was not seen in the processes of a run that have no part of their own in its report.

/// The same line of many processes of a program is one; so are lines that differ only in which threads of theirs they are about.
public struct BlindSpots {
  private struct Spot: Hashable {
    var program: String
    var line: String
  }
  private struct Sighting: Hashable {
    var process: Int32
    var line: String
  }
  private var sightings: [Spot: [Sighting]] = [:]
  private var order: [Spot] = []

  public init() {}

  /// Adds what a process's report says of it.
  public mutating func add(_ report: Report) {
    guard let process = report.process else { return }
    for line in report.unseen {
      let spot = Spot(program: process.executable, line: report.unseenOfAnyThread[line] ?? line)
      if sightings[spot] == nil { order.append(spot) }
      // The images of a process one after the other may say the same.
      let sighting = Sighting(process: process.pid, line: line)
      if !sightings[spot, default: []].contains(sighting) { sightings[spot, default: []].append(sighting) }
    }
  }

  /// In the order in which they were added.
  public var lines: [String] { order.flatMap(lines(of:)) }

  private func lines(of spot: Spot) -> [String] {
    let all = sightings[spot] ?? []
    let processes = Set(all.map(\.process)), lines = Set(all.map(\.line))
    guard processes.count > 1 else { return all.map { "process \($0.process) (\(spot.program)): \($0.line)" } }
    return ["\(processes.count) processes (\(spot.program)): \(lines.count == 1 ? all[0].line : spot.line)"]
  }
}
