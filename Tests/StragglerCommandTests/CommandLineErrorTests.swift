// Wrong command lines: one line on standard error, a status of their own, and nothing is run.

internal import Foundation
internal import StragglerProcesses
internal import Testing

@Suite struct CommandLineErrorTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var status: Int
    var words: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  /// The program that must not run writes to its standard output, always.
  static let mistakes: [Mistake] = [
    Mistake(arguments: ["run"], status: 125, words: "the program is missing"),
    Mistake(arguments: ["run", "/bin/pwd"], status: 125, words: "straggler run [options] -- PROGRAM"),
    Mistake(arguments: ["run", "--nope", "--", "/bin/pwd"], status: 125, words: "Unknown option '--nope'"),
    Mistake(arguments: ["run", "--suppressions", "f", "--", "/bin/pwd"], status: 125, words: "suppressions f can't"),
    Mistake(arguments: ["run", "--baseline=f", "--", "/bin/pwd"], status: 125, words: "the baseline f can't"),
    Mistake(arguments: ["run", "--leak-status", "0", "--", "/bin/pwd"], status: 125, words: "1 to 124"),
    Mistake(arguments: ["run", "--leak-status", "125", "--", "/bin/pwd"], status: 125, words: "1 to 124"),
    Mistake(arguments: ["run", "--fail-on", "bad", "--", "/bin/pwd"], status: 125, words: "'never'"),
    Mistake(arguments: ["run", "--exit-timeout", "3", "--", "/bin/pwd"], status: 125, words: "10s"),
    Mistake(
      arguments: ["run", "--report", "pdf=x", "--", "/bin/pwd"], status: 125, words: "known: text, json, sarif"),
    Mistake(arguments: ["run", "--report", "json=-", "--", "/bin/pwd"], status: 125, words: "program's own"),
    Mistake(arguments: ["run", "--report", "json=/no/such/x", "--", "/bin/pwd"], status: 125, words: "/no/such/x"),
    Mistake(arguments: ["run", "--report", "json=/usr", "--", "/bin/pwd"], status: 125, words: "is a folder"),
    Mistake(
      arguments: ["run", "--report", "json=x", "--report", "text=x", "--", "/bin/pwd"], status: 125,
      words: "/x: give each a file of its own"),
    Mistake(
      arguments: ["run", "--report", "json=zz", "--report", "html=./zz", "--", "/bin/pwd"], status: 125,
      words: "two reports would be written to"),
    Mistake(
      arguments: ["run", "--exit-timeout", "-5s", "--", "/bin/pwd"], status: 125, words: "more than nothing"),
    Mistake(arguments: ["run", "--", "no-such-program"], status: 127, words: "was not found in PATH"),
    Mistake(arguments: ["run", "--", "/usr"], status: 126, words: "is a folder"),
    Mistake(arguments: ["report"], status: 125, words: "file"),
    Mistake(
      arguments: ["report", "/no/such/report"], status: 125, words: "/no/such/report can't be read: No such file"),
    Mistake(arguments: ["report", "/usr"], status: 125, words: "/usr can't be read"),
    Mistake(arguments: ["report", "/etc/passwd"], status: 125, words: "/etc/passwd"),
    Mistake(arguments: ["explain", "no-such-rule"], status: 125, words: "the rules are abandoned-lock, "),
    Mistake(arguments: ["bogus"], status: 125, words: "bogus"),
  ]

  @Test(arguments: mistakes) func aMistakeIsSaidInOneLine(mistake: Mistake) throws {
    let result = try runProgram(TestPrograms.straggler, mistake.arguments)
    #expect(result.end == .status(mistake.status))
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.errorOutput.hasPrefix("straggler: "))
    #expect(result.errorOutput.contains(mistake.words), "\(result.errorOutput)")
  }

  @Test(arguments: [["run", "--", "/no/\u{1B}[2J"], ["report", "\u{1B}[2J"], ["explain", "\u{9B}2J"]])
  func whatAMistakeQuotesIsNoCommandToTheTerminal(arguments: [String]) throws {
    let text = try runProgram(TestPrograms.straggler, arguments).errorOutput
    #expect(text.contains("2J") && !text.contains("\u{1B}") && !text.contains("\u{9B}"), "\(text.debugDescription)")
  }

  @Test(arguments: [["--help"], ["run", "--help"], ["report", "--help"], ["explain", "--help"], ["--version"]])
  func helpIsNoMistake(arguments: [String]) throws {
    let result = try runProgram(TestPrograms.straggler, arguments)
    #expect(result.end == .status(0))
    #expect(result.errorOutput.isEmpty)
    #expect(!result.output.isEmpty)
  }

  @Test func theHelpListsOnlyWhatWorks() throws {
    let help = try straggler("run", "--help").output
    for option in ["--report", "--fail-on", "--leak-status", "--exit-timeout", "--only", "--ignore", "--no-children"]
      + ["--suppressions", "--baseline", "--redact"]
    {
      #expect(help.contains(option))
    }
    for format in ["text", "json", "sarif", "junit", "github", "markdown", "html"] {
      #expect(help.contains(format))
    }
    for option in ["render-linked", "name-place"] {
      #expect(!help.contains(option))
    }
  }

  @Test func everyRuleIsExplained() throws {
    let overview = try straggler("explain")
    #expect(overview.end == .status(0))
    let rules = overview.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(rules.count == 10)
    for rule in rules {
      let page = try straggler("explain", rule)
      #expect(page.end == .status(0))
      #expect(page.output.hasPrefix("# \(rule)\n"))
    }
  }
}
