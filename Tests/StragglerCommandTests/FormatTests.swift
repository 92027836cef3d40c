// Every format by the command line: which options it takes, where it goes, what the environment says to it.

internal import Foundation
internal import StragglerProcesses
internal import Testing

@Suite struct FormatTests {
  private static let beginnings = [
    "text": "error: ", "json": "{\n  \"schemaVersion\": 1,", "sarif": "{\n  \"$schema\": ",
    "junit": "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ", "github": "::error file=",
    "markdown": "## Straggler\n", "html": "<!DOCTYPE html>\n",
  ]

  /// - Returns: The report's text.
  private func written(_ format: String, _ options: [String] = [], environment: [String: String?] = [:]) throws
    -> String
  {
    let path = TestPrograms.freshPath(format)
    _ = try runProgram(
      TestPrograms.straggler, ["run", "--report", "\(format)=\(path)"] + options + ["--", TestPrograms.leak],
      environment: environment)
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func oneRunWritesAllFormats() throws {
    let paths = Self.beginnings.mapValues { _ in TestPrograms.freshPath("all") }
    let options = paths.flatMap { ["--report", "\($0)=\($1)"] }
    let result = try runProgram(TestPrograms.straggler, ["run"] + options + ["--", TestPrograms.leak])
    #expect(result.end == .status(23))
    #expect(result.errorOutput.isEmpty)
    for (format, beginning) in Self.beginnings {
      let text = try String(contentsOfFile: paths[format]!, encoding: .utf8)
      #expect(text.hasPrefix(beginning), "\(format): \(text.prefix(80))")
      #expect(text.contains("journal"))
    }
  }

  @Test func aSavedReportIsRenderedInEveryFormatOnStandardOutput() throws {
    let path = TestPrograms.freshPath("saved.json")
    _ = try straggler("run", "--report", "json=\(path)", "--", TestPrograms.leak)
    for (format, beginning) in Self.beginnings {
      #expect(try straggler("report", "--report", "\(format)=-", path).output.hasPrefix(beginning))
    }
  }

  @Test(arguments: ["sarif", "junit", "github", "markdown", "html"])
  func standardOutputStaysTheProgramsOwn(format: String) throws {
    let result = try straggler("run", "--report", "\(format)=-", "--", "/bin/true")
    #expect(result.end == .status(125))
    #expect(result.errorOutput.contains("standard output is the program's own"))
  }

  @Test func whatFailsTheRunFailsTheTest() throws {
    #expect(try written("junit").contains("<testsuites name=\"straggler\" tests=\"10\" failures=\"1\""))
    #expect(try written("junit", ["--fail-on", "never"]).contains("failures=\"0\""))
  }

  @Test func filesAreNamedByTheirPlaceInTheCheckout() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    let environment: [String: String?] = ["GITHUB_WORKSPACE": sources]
    #expect(try written("github", environment: environment).hasPrefix("::error file=Programs/leak.c,line="))
    #expect(try written("sarif", environment: environment).contains("\"uri\": \"Programs/leak.c\""))
    #expect(try !written("sarif", environment: ["GITHUB_WORKSPACE": nil]).contains("\"uri\": \"Programs/leak.c\""))
  }
}
