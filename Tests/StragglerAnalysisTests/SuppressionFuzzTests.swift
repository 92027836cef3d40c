// Damaged texts of suppressions: lines that mean what they say, or an error at its place.

import StragglerAnalysis
import Testing

/// Deterministic: a failure can be repeated. (Knuth, MMIX.)
private struct LinearCongruential: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }
}

@Suite struct SuppressionFuzzTests {
  private static let ours = """
    # The vendor's pool can't be stopped.
    abandoned-lock thread="pool-*" function='vendor::Cache::*' until=2027-01-31 reason="no \\"stop\\", #4711"
    abandoned-* file=*/log/?.c module=libgrpc.so* reason="ends with the process"

    * resource=jour* reason='it is "known"'
    """
  private static let sanitizers = """
    # LeakSanitizer
    leak:^vendor::*Cache$
    leak:libgrpc.so

    leak:*a
    """

  /// What the reader tells apart, and what is no text.
  private static let pieces: [[UInt8]] =
    [
      "\"", "'", "\\", "=", "*", "?", "^", "$", "#", " ", "\t", "\n", "\r\n", "\u{0}", "\u{1B}", "\u{85}", "\u{301}",
      "\u{2028}", "\u{FEFF}", "é", "leak:", "race:", "reason=", "until=", "2027-02-29", "thread=",
      "99999999999999999999",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], []]

  private func damaged(_ text: [UInt8], _ random: inout some RandomNumberGenerator) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let start = Int.random(in: 0...text.count, using: &random)
      let end = min(text.count, start + Int.random(in: 0...8, using: &random))
      text.replaceSubrange(start..<end, with: Self.pieces.randomElement(using: &random)!)
    }
    return text
  }

  @Test(arguments: [ours, sanitizers]) func threeThousandDamagedTextsAreReadOrRefused(text: String) throws {
    var random = LinearCongruential(state: 7)
    let finding = finding()
    var read = 0
    for _ in 0..<3_000 {
      let bytes = damaged(Array(text.utf8), &random)
      do throws(SuppressionError) {
        for suppression in try Suppression.all(in: bytes, source: "app.supp") {
          _ = suppression.matches(finding)
          expectAlone(suppression, bytes)
        }
        read += 1
      } catch {
        expectPlace(error, bytes)
      }
    }
    // Both ways must have been taken, or nothing was tried.
    #expect(read > 300 && read < 2_700, "\(read)")
  }

  private func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// A line means the same by itself, and is told where it stands.
  private func expectAlone(_ suppression: Suppression, _ bytes: [UInt8]) {
    var alone = try? Suppression.all(in: Array(suppression.text.utf8), source: "app.supp").first
    alone?.place.line = suppression.place.line
    #expect(alone == suppression)
    #expect(lines(bytes)[suppression.place.line - 1].contains(suppression.text))
  }

  /// The place is in the text, or behind the end of its line.
  private func expectPlace(_ error: SuppressionError, _ bytes: [UInt8]) {
    let lines = lines(bytes)
    guard lines.indices.contains(error.line - 1) else {
      Issue.record("\(error): there are \(lines.count) lines")
      return
    }
    #expect((1...lines[error.line - 1].count + 1).contains(error.column), "\(error)")
    #expect(error.description.hasPrefix("app.supp:\(error.line):\(error.column): ") && !error.problem.isEmpty)
  }
}
