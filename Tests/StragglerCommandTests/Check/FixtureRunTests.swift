// One fixture's way to its verdict, with a stand-in for `straggler run` whose report is known.

import StragglerAnalysis
import Testing

@testable import straggler

/// A `straggler` that runs the program unobserved and writes this report.
private func standIn(findings: String = "") -> String {
  """
  #!/bin/sh
  [ "$1 $2" = "run --report" ] || exit 99
  report=${3#json=}
  shift 3
  while [ "$1" != "--" ]; do echo "option $1"; shift; done
  shift
  cat >"$report" <<END
  {"schemaVersion": 1, "process": {"executable": "/x/program", "exit": {"kind": "return"}}, "findings": [\(findings)],
   "suppressed": [], "threads": [], "coverage": {"unseen": []}, "lost": 0, "children": []}
  END
  exec "$@"
  """
}

private let leak = """
  {"rule": "abandoned-lock", "level": "error", "fingerprint": "1", "message": "held", "thread": null, "resource": null,
   "acquired": null, "created": null, "stopped": null, "waitingFor": null, "similar": []}
  """

/// The verdict on a fixture of this name and text.
private func verdict(
  _ name: String, _ text: String, straggler: String = standIn(), limit: Duration = .seconds(60),
  with files: [String: String] = [:]
) throws -> FixtureVerdict.State {
  let files = files.merging(["bin/straggler": straggler, name: text]) { first, _ in first }
  let folder = try TemporaryFolder(files)
  return FixtureRun(
    path: folder.path + "/" + name, scratch: folder.path + "/scratch", straggler: folder.path + "/bin/straggler",
    timeLimit: limit, rules: Set(RuleID.allCases.map(\.rawValue))
  ).verdict().state
}

private func problem(_ state: FixtureVerdict.State) -> String {
  switch state {
  case .passed: ""
  case .failed(let mismatches): mismatches.joined(separator: "\n")
  case .malformed(let problem): problem
  }
}

@Suite("A fixture's run")
struct FixtureRunTests {
  @Test("An executable runs as it is, in a folder of its own, with the options of RUN before it")
  func executable() throws {
    let state = try verdict(
      "f", "#!/bin/sh\n# RUN: --a 'b c'\n# OUTPUT: option --a\n# OUTPUT: option b c\n# OUTPUT: 0\nls | wc -l\n")
    #expect(state == .passed)
  }

  @Test("BUILD makes the program beside its source's folder, blanks in paths included")
  func build() throws {
    let text = "#!/bin/sh\n# BUILD: cp %s %t && chmod +x %t && cat Support/word >> %t\n# OUTPUT: built\n"
    #expect(try verdict("a b/f.sh", text, with: ["a b/Support/word": "echo built\n"]) == .passed)
  }

  @Test("A Swift fixture is the built program of its name beside straggler")
  func product() throws {
    let text = "// OUTPUT: product\n"
    #expect(try verdict("leak.swift", text, with: ["bin/leak": "#!/bin/sh\necho product\n"]) == .passed)
    #expect(problem(try verdict("leak.swift", text)).contains("bin/leak, found none"))
  }

  @Test("Python runs without the variable that would change its output")
  func python() throws {
    let text = "# OUTPUT: None\nimport os\nprint(os.environ.get('PYTHONUNBUFFERED'))\n"
    #expect(try verdict("f.py", text) == .passed)
  }

  @Test("A stated finding that is not there fails, one that is there passes")
  func findings() throws {
    let text = "#!/bin/sh\n# FINDING: abandoned-lock\n"
    #expect(try verdict("f", text, straggler: standIn(findings: leak)) == .passed)
    #expect(problem(try verdict("f", text)).contains("found 0"))
  }

  @Test("The status is the run's; a death by signal counts as a shell counts it")
  func status() throws {
    #expect(try verdict("f", "#!/bin/sh\n# EXIT: 3\nexit 3\n") == .passed)
    #expect(try verdict("f", "#!/bin/sh\n# EXIT: 143\nkill -TERM $$\n") == .passed)
    #expect(problem(try verdict("f", "#!/bin/sh\n# CLEAN:\nexit 3\n")).contains("expected status 0, found 3"))
  }

  @Test("A program that hangs fails by its time, with what it said")
  func hang() throws {
    let state = try verdict("f", "#!/bin/sh\n# CLEAN:\necho here\nsleep 1000\n", limit: .seconds(5))
    #expect(problem(state).contains("hung"))
    #expect(problem(state).contains("| here"))
  }

  @Test("A build that fails shows what the compiler said")
  func buildFails() throws {
    let state = try verdict("f.c", "// BUILD: echo no such thing >&2; false %s %t\n// CLEAN:\n")
    #expect(problem(state).contains("| no such thing"))
    #expect(problem(try verdict("f.c", "// BUILD: true %s %t\n// CLEAN:\n")).contains("made no program"))
  }

  @Test("No report, or one that breaks the schema, is a failure that says so")
  func noReport() throws {
    let silent = try verdict("f", "#!/bin/sh\n# CLEAN:\n", straggler: "#!/bin/sh\necho cannot attach >&2; exit 125\n")
    #expect(problem(silent).contains("wrote none (status(125))"))
    #expect(problem(silent).contains("| cannot attach"))
    let broken = try verdict("f", "#!/bin/sh\n# CLEAN:\n", straggler: standIn(findings: "{}"))
    #expect(problem(broken).contains("not as promised: findings.0"))
  }

  @Test("A fixture that is wrong itself is told from one that fails")
  func malformed() throws {
    let state = try verdict("f.c", "// CLEAN:\n// FINDNG: abandoned-lock\n")
    guard case .malformed(let problem) = state else {
      Issue.record("expected a malformed fixture, found \(state)")
      return
    }
    #expect(problem.contains("f.c:2: unknown directive \"FINDNG:\""))
  }

  @Test("A source that nothing says how to build or run is a failure")
  func neither() throws {
    #expect(problem(try verdict("f.c", "// CLEAN:\n")).contains("expected BUILD:"))
  }
}

@Suite("What check prints")
struct CheckOutputTests {
  @Test("Failures come with their details, then the sum alone on a line")
  func summary() {
    let verdicts = [
      FixtureVerdict(path: "a.c", state: .passed),
      FixtureVerdict(path: "b.c", state: .failed(["EXIT: expected status 0, found 1", "FINDING: none\n  listed"])),
      FixtureVerdict(path: "c.c", state: .malformed("c.c:1: unknown")),
    ]
    #expect(
      CheckOutput.summary(of: verdicts) == """
        FAILED: b.c
          EXIT: expected status 0, found 1
          FINDING: none
            listed
        FAILED: c.c:1: unknown
        1 passed, 2 failed
        """)
    #expect(CheckOutput.summary(of: [verdicts[0]]) == "1 passed, 0 failed")
  }

  @Test("Nothing that a program prints reaches the terminal as a command")
  func escapes() {
    let text = CheckOutput.summary(of: [FixtureVerdict(path: "a\u{1b}[2J\u{202e}.c", state: .failed(["\u{9b}x\r"]))])
    #expect(text.hasPrefix("FAILED: a\\u{1b}[2J\\u{202e}.c\n  \\u{9b}x\\u{d}\n"))
  }

  @Test("Verdicts come in the order of the fixtures, however many run at once", arguments: [1, 3, 50])
  func order(jobs: Int) {
    let queue = FixtureQueue(count: 20) { index in
      FixtureVerdict(path: "\(index)", state: .passed)
    } progress: { _, _ in
    }
    #expect(queue.run(jobs: jobs).map(\.path) == (0..<20).map(String.init))
  }
}
