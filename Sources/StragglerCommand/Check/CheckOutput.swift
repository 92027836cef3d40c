// What `straggler check` prints: a line that moves on terminals, every failure with its details, and the sum.

internal import Glibc

/// Writes the course and the result of a check.
struct CheckOutput {
  /// Standard error is a terminal: there, a line shows how far the check has come.
  var showsProgress = isatty(STDERR_FILENO) == 1

  func progress(_ finished: Int, of total: Int, _ verdict: FixtureVerdict) {
    guard showsProgress else { return }
    let line = finished == total ? "" : "[\(finished)/\(total)] \(Self.printable(verdict.path))"
    // Of a terminal that has gone away nobody reads. Back to the line's start, and what is right of the new text erased.
    try? StandardStream.error.write("\r\(line)\u{1b}[K")
  }

  /// The failures, then `N passed, N failed`.
  static func summary(of verdicts: [FixtureVerdict]) -> String {
    let failures = verdicts.filter { $0.state != .passed }
    let blocks = failures.map { block(for: $0) }
    return (blocks + ["\(verdicts.count - failures.count) passed, \(failures.count) failed"]).joined(separator: "\n")
  }

  private static func block(for verdict: FixtureVerdict) -> String {
    switch verdict.state {
    case .passed: "passed: \(printable(verdict.path))"
    case .malformed(let problem): "FAILED: \(printable(problem))"
    case .failed(let mismatches):
      (["FAILED: \(printable(verdict.path))"] + mismatches.map(indented)).joined(separator: "\n")
    }
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + printable(String($0)) }
      .joined(separator: "\n")
  }

  /// Programs print what they like: nothing of it may reach a terminal or a CI log as a command.
  private static func printable(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      let isControl = scalar.properties.generalCategory == .control && scalar != "\t"
      let isCommand = isControl || scalar.properties.generalCategory == .format
      return isCommand ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
  }
}
