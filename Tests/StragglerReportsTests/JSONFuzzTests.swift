// Reports that were damaged anywhere, held against another JSON parser.

import Foundation
import StragglerAnalysis
@testable import StragglerReports
import TestSupport
import Testing

@Suite struct JSONFuzzTests {
  /// What damage puts in: the characters that JSON is made of, escapes, numbers at the ends of their ranges, bytes of no UTF-8.
  private static let pieces: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\uD83D\\uDE42", "\\n", "0", "-", "1e9", "0.5", "null", "true",
      " ", "\n", "\t", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "é", "🙂",
    ].map { Array($0.utf8) } + [[0x00], [0x1F], [0x7F], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF]]

  private static func damaged(_ text: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 1..<text.count, using: &random)
      let end = min(text.count, place + Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: text[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: text.removeSubrange(place..<end)
      case 2: text.replaceSubrange(place..<end, with: pieces.randomElement(using: &random)!)
      default: text.insert(contentsOf: text[place..<end], at: Int.random(in: 1...text.count, using: &random))
      }
    }
    return text
  }

  /// Whether the text is JSON, as far as the error goes with which it was refused. What only this parser refuses (a key that comes
  /// twice, too deep a nesting) tells nothing.
  private func isJSON(_ text: [UInt8]) -> Bool? {
    do {
      _ = try JSONReport.decode(text)
      return true
    } catch .malformed(_, let expected) where expected.hasPrefix("a key that") || expected.hasSuffix("of nesting") {
      return nil
    } catch .malformed, .truncated {
      return false
    } catch {
      return true
    }
  }

  /// Foundation takes a comma behind the last element, which RFC 8259 does not allow.
  private static func hasCommaAtAnEnd(_ text: [UInt8]) -> Bool {
    let marks = text.filter { !" \t\r\n".utf8.contains($0) }
    return zip(marks, marks.dropFirst()).contains { $0 == UInt8(ascii: ",") && "]}".utf8.contains($1) }
  }

  @Test(arguments: 0..<4)
  func damageIsFoundWhereAnotherParserFindsIt(seed: Int) throws {
    var random = SplitMix64(state: UInt64(seed))
    var report = sampleReport([lockFinding()])
    report.findings[0].message = "é \"quoted\" \\ \u{1} 🙂 and on, for longer than eight bytes"
    let text = Array(json(report).utf8)
    for number in 0..<1_000 {
      let damaged = Self.damaged(text, &random)
      guard let isJSON = isJSON(damaged), isJSON || !Self.hasCommaAtAnEnd(damaged) else { continue }
      let isOthers = (try? JSONSerialization.jsonObject(with: Data(damaged), options: .fragmentsAllowed)) != nil
      #expect(isJSON == isOthers, "seed \(seed), case \(number): \(String(decoding: damaged, as: UTF8.self))")
    }
  }
}
