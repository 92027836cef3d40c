// What a fixture's text says, and what it may not say.

import Testing

@testable import StragglerFixtures

let rules: Set<String> = ["abandoned-lock", "abandoned-file", "abandoned-thread", "held-at-exit"]

private func parse(_ text: String) throws -> Fixture {
  try Fixture(parsing: text, file: "leak.c", rules: rules)
}

/// The line and the text of the error that a fixture's text is answered with.
private func mistake(in text: String) -> (line: Int?, text: String)? {
  do {
    _ = try parse(text)
    return nil
  } catch let error as FixtureError {
    return (error.line, error.problem)
  } catch {
    return nil
  }
}

@Suite("A fixture's directives")
struct FixtureParsingTests {
  @Test("Every directive is read, with its quoting")
  func everyDirective() throws {
    let fixture = try parse(
      """
      // A thread is inside the journal's lock when main returns.
      // BUILD: cc -g %s -o %t
      // RUN: --exit-timeout 5s --suppressions "a file"
      // RUN: --fail-on warning
      // EXIT: 23
      // FINDING: abandoned-lock thread="the writer" resource='journal' level=error kind=mutex mode=exclusive count=2
      // FINDING: abandoned-thread function=main line=12 process=leak
      // NO-FINDING: abandoned-file
      // UNSEEN: locks that "plugin.so" takes
      // NO-UNSEEN: held locks
      // OUTPUT: it's started
      // CLEAN:
      int main(void) {}
      """)
    #expect(fixture.build == "cc -g %s -o %t")
    #expect(fixture.options == ["--exit-timeout", "5s", "--suppressions", "a file", "--fail-on", "warning"])
    #expect(fixture.exitStatus == 23)
    #expect(fixture.absentRules == ["abandoned-file"])
    #expect(fixture.unseen == ["locks that \"plugin.so\" takes"])
    #expect(fixture.absentUnseen == ["held locks"])
    #expect(fixture.output == ["it's started"])
    #expect(fixture.clean)
    #expect(
      fixture.findings == [
        FindingExpectation(
          rule: "abandoned-lock", count: 2,
          values: [
            .thread: "the writer", .resource: "journal", .level: "error", .kind: "mutex", .mode: "exclusive",
          ], statedAt: 6),
        FindingExpectation(
          rule: "abandoned-thread", values: [.function: "main", .line: "12", .process: "leak"], statedAt: 7),
      ])
  }

  @Test("Without EXIT the status is 0", arguments: ["// CLEAN:", "# CLEAN:", "-- CLEAN:", "  ///   CLEAN:", "#CLEAN:"])
  func commentMarks(text: String) throws {
    let fixture = try parse("code\n" + text + "\n")
    #expect(fixture.clean)
    #expect(fixture.exitStatus == 0)
  }

  @Test("Lines end as the platforms end them", arguments: ["\n", "\r\n"])
  func lineEnds(end: String) throws {
    #expect(try parse(["// OUTPUT: one", "// EXIT: 1", ""].joined(separator: end)).output == ["one"])
  }

  @Test(
    "What is no comment line with a word in capitals and a colon is no directive",
    arguments: [
      "#include <stdio.h>", "#define RUN(x) x", "puts(\"// RUN: this\");", "int x; // FINDING: abandoned-lock",
      "// Ordinary: prose", "// https://example.org", "// a RUN: inside", "--count;", "#!/usr/bin/env python3",
      "RUN: outside of a comment", "// RUN the program twice", "// NOTE: ordinary", "# TODO: later", "//", "#",
    ])
  func noDirective(line: String) throws {
    #expect(try parse("// CLEAN:\n" + line) == parse("// CLEAN:"))
  }

  @Test(
    "A misspelt directive is an error with its name and line",
    arguments: ["FINDNG", "EXPECT", "NO_FINDING", "FINDING2", "RUNS", "CLEAN-", "X"])
  func misspelt(word: String) throws {
    let problem = try #require(mistake(in: "// CLEAN:\n\n  # \(word): abandoned-lock\n"))
    #expect(problem.line == 3)
    #expect(problem.text.contains("\"\(word):\""))
    #expect(problem.text.contains("FINDING:"))
  }

  @Test("A directive without its colon is an error", arguments: ["// CLEAN", "# FINDING : abandoned-lock"])
  func withoutColon(line: String) throws {
    let problem = try #require(mistake(in: "// EXIT: 0\n" + line))
    #expect(problem.line == 2)
    #expect(problem.text.contains("without its colon"))
  }

  @Test(
    "A text that states nothing that could fail is an error",
    arguments: ["", "int main(void) {}", "// RUN: --fail-on note", "// BUILD: cc %s -o %t", "// NOTE: nothing"])
  func nothingStated(text: String) throws {
    let problem = try #require(mistake(in: text))
    #expect(problem.line == nil)
    #expect(problem.text.contains("states nothing"))
  }

  @Test(
    "One statement is enough",
    arguments: ["EXIT: 0", "OUTPUT: x", "CLEAN:", "NO-FINDING: held-at-exit", "UNSEEN: x", "NO-UNSEEN: x"])
  func oneStatement(directive: String) {
    #expect(mistake(in: "// " + directive) == nil)
  }

  @Test(
    "A malformed value is an error that says what was expected and what was found",
    arguments: [
      ("EXIT: 256", "0 to 255"), ("EXIT: -1", "\"-1\""), ("EXIT: 0x1", "\"0x1\""), ("EXIT:", "\"\""),
      ("EXIT: +1", "\"+1\""), ("FINDING:", "a rule"), ("FINDING: abandond-lock", "\"abandond-lock\""),
      ("NO-FINDING: abandond-lock", "\"abandond-lock\""), ("NO-FINDING:", "a rule"),
      ("NO-FINDING: abandoned-lock thread=x", "a rule"), ("CLEAN: yes", "\"yes\""), ("OUTPUT:", "found nothing"),
      ("UNSEEN:", "found nothing"), ("NO-UNSEEN:", "found nothing"),
      ("RUN:", "found nothing"), ("RUN: \"open", "not closed"), ("RUN: end\\", "backslash"),
      ("BUILD: cc -o %t", "%s"), ("BUILD: cc %s", "%t"),
      ("FINDING: abandoned-lock thread", "key=value"), ("FINDING: abandoned-lock thread=a b", "\"b\""),
      ("FINDING: abandoned-lock threads=a", "\"threads=\""), ("FINDING: abandoned-lock thread=", "no value"),
      ("FINDING: abandoned-lock thread=a thread=b", "twice"), ("FINDING: abandoned-lock count=1 count=1", "twice"),
      ("FINDING: abandoned-lock count=0", "\"0\""), ("FINDING: abandoned-lock count=two", "\"two\""),
      ("FINDING: abandoned-lock level=fatal", "\"fatal\""), ("FINDING: abandoned-lock kind=lock", "\"lock\""),
      ("FINDING: abandoned-lock mode=x", "\"x\""), ("FINDING: abandoned-lock line=0", "\"0\""),
    ])
  func malformed(directive: String, expected: String) throws {
    let problem = try #require(mistake(in: "// CLEAN:\n// " + directive))
    #expect(problem.line == 2 || directive.hasPrefix("CLEAN"))
    #expect(problem.text.hasPrefix(directive.prefix { $0 != ":" }))
    #expect(problem.text.contains(expected), "\(problem.text)")
  }

  @Test("What a program has only one of may be stated once", arguments: ["EXIT: 1", "BUILD: cc %s -o %t"])
  func statedTwice(directive: String) throws {
    let problem = try #require(mistake(in: "// \(directive)\n// \(directive)"))
    #expect(problem.line == 2)
    #expect(problem.text.contains("second time"))
  }

  @Test(
    "What must be there and must not be there is an error",
    arguments: [
      "// FINDING: abandoned-lock thread=a\n// NO-FINDING: abandoned-lock",
      "// UNSEEN: 3 open files\n// NO-UNSEEN: open files",
    ])
  func contradiction(directives: String) throws {
    let problem = try #require(mistake(in: directives))
    #expect(problem.text.contains("exclude each other"))
  }

  @Test("An error is written as compilers write theirs")
  func description() {
    #expect(FixtureError(file: "a.c", line: 3, problem: "p").description == "a.c:3: p")
    #expect(FixtureError(file: "a.c", line: nil, problem: "p").description == "a.c: p")
  }
}

@Suite("Shell words")
struct ShellWordsTests {
  @Test(
    "Words are split and unquoted as a shell does",
    arguments: [
      ("", []), ("  a\tb ", ["a", "b"]), ("'a b'c", ["a bc"]), (#""a \"b\" \\ \n""#, [#"a "b" \ \n"#]),
      (#"a\ b"#, ["a b"]), ("''", [""]), (#"k="v w""#, ["k=v w"]), (#"'\'"#, [#"\"#]), ("ä 'ö ü'", ["ä", "ö ü"]),
    ])
  func split(line: String, words: [String]) throws {
    #expect(try shellWords(of: line) == words)
  }

  @Test("A quoted word comes back unchanged", arguments: ["plain/path-1.c", "", "a b", "it's", "$x `y` \"z\" \\", "*"])
  func quoting(word: String) throws {
    #expect(try shellWords(of: shellQuoted(word)) == [word])
  }

  @Test("A word that needs no quotes gets none")
  func plain() {
    #expect(shellQuoted("/tmp/a_b-c.c") == "/tmp/a_b-c.c")
  }
}
