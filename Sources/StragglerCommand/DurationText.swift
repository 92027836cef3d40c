// Durations as they are typed: `10s`, `500ms`, `2m`.

enum DurationText {
  /// Longer ones are taken for a mistake.
  private static let limit = Duration.seconds(366 * 24 * 3600)
  private static let units: [(suffix: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
  ]

  /// Parses a number, whole or with a decimal point, and its unit.
  ///
  /// - Throws: `CommandFailure` that says what is expected.
  static func parse(_ text: String) throws -> Duration {
    let isNegative = text.hasPrefix("-")
    guard let duration = duration(isNegative ? String(text.dropFirst()) : text) else {
      throw CommandFailure("a duration is a number and its unit, ms, s, m or h: 500ms, 10s, 1.5m")
    }
    guard !isNegative, duration > .zero, duration <= limit else {
      throw CommandFailure("a duration is more than nothing and at most a year")
    }
    return duration
  }

  private static func duration(_ text: String) -> Duration? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
    let parts = text.dropLast(unit.suffix.utf8.count).split(separator: ".", omittingEmptySubsequences: false)
    let isNumeric = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    guard isNumeric, (1...2).contains(parts.count), let whole = Int64(parts[0]) else { return nil }
    let (milliseconds, overflow) = whole.multipliedReportingOverflow(by: unit.milliseconds)
    guard !overflow else { return nil }
    guard parts.count == 2 else { return .milliseconds(milliseconds) }
    guard parts[1].utf8.count <= 6, let fraction = Int64(parts[1]) else { return nil }
    let scale = (0..<parts[1].utf8.count).reduce(Int64(1)) { scale, _ in scale * 10 }
    return .milliseconds(milliseconds) + .microseconds(fraction * unit.milliseconds * 1000 / scale)
  }
}
