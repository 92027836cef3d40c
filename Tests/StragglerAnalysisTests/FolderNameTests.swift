// Folders with whatever may be in a name: none is left over, wherever its path stands.

import StragglerAnalysis
import Testing

@Suite struct FolderNameTests {
  private static let names = [
    "client", "the client", "O'client", "client's", "a \"client\"", "client (1)", "(client", "client, b", "client=b",
    "k=client", "client;b", "\u{301}client", "client\u{301}", "\u{301}", "[client]", "{client", "client\\", "#client",
    "client*", "cl?client", "~client", "-client", "client\u{A0}b", "client.c",
  ]

  private func redacted(_ change: (inout Report) -> Void) -> Report {
    var report = run()
    change(&report)
    return report.redacted([.paths])
  }

  private func path(_ name: String) -> String { "/home/\(name)/x/\(name)/last" }

  @Test(arguments: names) func noArgumentKeepsAnAbsoluteOne(name: String) {
    for (before, after) in [("", ""), ("-I", ""), ("--in=", ""), ("a:", ""), ("\"", "\""), ("{\"k\":\"", "\"}")] {
      let arguments = run(arguments: [before + path(name) + after]).redacted([.paths]).process?.arguments
      #expect(arguments?.contains { $0.contains("client") } == false, "\(arguments ?? [])")
      #expect(arguments?.first?.contains("last") == true)
    }
  }

  /// The lines in which reports name programs.
  @Test(arguments: names) func noLineOfWhatWasNotSeenKeepsOne(name: String) {
    for (before, after) in [
      ("process 7 (", "): it still ran"), ("", ": its findings don't count"), ("process 7: arena '", "': no such file"),
      ("process 7, started by ", ": no recorder"), ("with \"", "\" open"),
    ] {
      let line = redacted { $0.unseen = [before + path(name) + after] }.unseen.first ?? ""
      #expect(!line.contains("client") && line.contains("last"), "\(line)")
    }
  }

  @Test(arguments: names) func noSuppressionKeepsOne(name: String) throws {
    let marked = path(name).replacing("\"", with: "\"'\"'\"")
    for key in ["file", "module", "resource", "reason"] {
      let text = "abandoned-lock \(key)=\"\(marked)\"" + (key == "reason" ? "" : " reason=r")
      // One that can't be read is in no report.
      guard (try? Suppression.all(in: Array(text.utf8), source: "s")) != nil else { continue }
      let use = SuppressionUse(
        place: .init(source: "s", line: 1), text: text, reason: nil, until: nil, state: .used, count: 1)
      let line = redacted { $0.suppressions = [use] }.suppressions[0].text
      #expect(!line.contains("client"), "\(line)")
      #expect(throws: Never.self, "\(line)") { try Suppression.all(in: Array(line.utf8), source: "s").map(\.reason) }
    }
  }
}
