// Builds one fixture program, runs it under `straggler run`, and holds the outcome against what the program states.

internal import FoundationEssentials
internal import StragglerFixtures
internal import StragglerProcesses

/// What came of one fixture.
struct FixtureVerdict: Equatable {
  enum State: Equatable {
    case passed
    /// What differs, one entry each; an entry may have several lines.
    case failed([String])
    /// The fixture itself is wrong, or can't be read: nothing was checked.
    case malformed(String)
  }
  var path: String
  var state: State
}

/// One fixture's way from its source to a verdict.
struct FixtureRun {
  /// Path of the fixture's source.
  var path: String
  /// A folder of its own, which need not exist yet: the program is made in it and runs in it.
  var scratch: String
  /// Path of the `straggler` executable. Built Swift fixtures lie beside it.
  var straggler: String
  /// For the build and for the run.
  var timeLimit: Duration
  /// Ids of all rules.
  var rules: Set<String>

  /// A reason why there is no outcome.
  private struct Failure: Error {
    var lines: String
  }

  func verdict() -> FixtureVerdict {
    do {
      guard let source = FileManager.default.contents(atPath: path) else {
        return FixtureVerdict(path: path, state: .malformed("\(path): cannot be read"))
      }
      let fixture = try Fixture(parsing: String(decoding: source, as: UTF8.self), file: path, rules: rules)
      return FixtureVerdict(path: path, state: state(of: fixture))
    } catch {
      return FixtureVerdict(path: path, state: .malformed("\(error)"))
    }
  }

  private func state(of fixture: Fixture) -> FixtureVerdict.State {
    do throws(Failure) {
      let work = try workFolder()
      let program = try command(of: fixture)
      let mismatches = fixture.mismatches(with: try outcome(of: program, options: fixture.options, in: work))
      return mismatches.isEmpty ? .passed : .failed(mismatches)
    } catch {
      return .failed([error.lines])
    }
  }

  // MARK: - Steps

  /// The program with its interpreter, built if it has to be.
  private func command(of fixture: Fixture) throws(Failure) -> [String] {
    let source = URL(fileURLWithPath: path)
    if let build = fixture.build { return [try self.build(build, source)] }
    switch source.pathExtension {
    case "swift":
      let product = URL(fileURLWithPath: straggler).deletingLastPathComponent()
        .appending(path: source.deletingPathExtension().lastPathComponent).path
      guard FileManager.default.isExecutableFile(atPath: product) else {
        throw Failure(lines: "expected the built program \(product), found none: build the package, or state BUILD:")
      }
      return [product]
    case "py": return [try python(), source.path]
    default:
      guard FileManager.default.isExecutableFile(atPath: source.path) else {
        throw Failure(lines: "expected BUILD:, or a file that can be executed (chmod +x), found neither")
      }
      return [source.path]
    }
  }

  private func build(_ command: String, _ source: URL) throws(Failure) -> String {
    let program = scratch + "/" + source.deletingPathExtension().lastPathComponent
    let line = command.replacing("%s", with: shellQuoted(source.path)).replacing("%t", with: shellQuoted(program))
    let result = try finish(
      Subprocess(
        "/bin/sh", ["-c", line], workingDirectory: source.deletingLastPathComponent().path, timeLimit: timeLimit),
      called: "BUILD")
    guard result.end == .status(0), FileManager.default.isExecutableFile(atPath: program) else {
      throw Failure(lines: "BUILD: \(line)\nmade no program (\(result.end)); it said\n" + quoted(result.errorOutput))
    }
    return program
  }

  /// The system's own interpreter first: its symbols and version are those that the fixtures were written against.
  private func python() throws(Failure) -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let candidates = (["/usr/bin"] + folders).map { $0 + "/python3" }
    guard let python = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw Failure(lines: "expected python3 in /usr/bin or PATH, found none: install it")
    }
    return python
  }

  /// Where the program runs, so that files it leaves behind are in nobody's way.
  private func workFolder() throws(Failure) -> String {
    let work = scratch + "/work"
    do {
      try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
      return work
    } catch {
      throw Failure(lines: "\(work) cannot be made: \(error)")
    }
  }

  private func outcome(of program: [String], options: [String], in work: String) throws(Failure) -> Outcome {
    let report = scratch + "/report.json"
    let result = try finish(
      Subprocess(
        straggler, ["run", "--report", "json=" + report] + options + ["--"] + program,
        // What would change how a program behaves, or how it is observed, is not taken over from whoever checks.
        environment: ["PYTHONUNBUFFERED": nil, "STRAGGLER_OPTIONS": nil, "PYTHONDONTWRITEBYTECODE": "1"],
        workingDirectory: work, timeLimit: timeLimit),
      called: "the run")
    guard let json = FileManager.default.contents(atPath: report) else {
      throw Failure(
        lines: "expected a report, straggler run wrote none (\(result.end)); it said\n" + quoted(result.errorOutput))
    }
    do {
      let output = String(decoding: result.output, as: UTF8.self)
      return Outcome(exitStatus: status(of: result), output: output, report: try Report(json: Array(json)))
    } catch {
      throw Failure(lines: "the JSON report is not as promised: \(error)")
    }
  }

  private func finish(_ subprocess: Subprocess, called name: String) throws(Failure) -> Subprocess.Result {
    let result: Subprocess.Result
    do {
      result = try subprocess.run()
    } catch {
      throw Failure(lines: "\(name): \(error)")
    }
    guard result.end != .timedOut else {
      throw Failure(
        lines: "\(name) hung: ended after \(timeLimit.components.seconds) s; until then it said\n"
          + quoted(result.output + result.errorOutput))
    }
    return result
  }

  /// As a shell gives it.
  private func status(of result: Subprocess.Result) -> Int {
    switch result.end {
    case .status(let status): status
    case .signal(let signal): 128 + signal
    case .timedOut: preconditionFailure("finish(_:called:) lets no such result through")
    }
  }

  /// The last lines of what a program printed.
  private func quoted(_ bytes: [UInt8]) -> String {
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(20)
    return lines.isEmpty ? "  nothing" : lines.map { "  | \($0)" }.joined(separator: "\n")
  }
}
