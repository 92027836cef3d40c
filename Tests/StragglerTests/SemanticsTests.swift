// The same behaviour in Python and in Swift: what both print and how both end is compared, not transcribed.
//
// Each file in Tests/Semantics/Python has a scenario of its name in Tests/Semantics/Scenarios. A row of
// docs/semantics.md names it.

import Glibc
import Testing

@Suite struct SemanticsTests {
  @Test(arguments: PythonProgram.all, PythonInterpreter.all)
  func `A scenario ends in Swift as in Python`(program: PythonProgram, python: PythonInterpreter) throws {
    guard program.isAbout(python) else { return }
    let expected = try outcome(of: "\(python.path) \(program.path)")
    // What it abandons is reported by its own recorder, and must not count for the status here.
    let found = try outcome(of: "env STRAGGLER_OPTIONS='--fail-on never' \(builtProgram("semantics")) \(program.name)")
    #expect(found == expected, "\(program.name) with Python \(python.version)")
  }

  @Test func `There is a Python to compare with`() {
    #expect(!PythonInterpreter.all.isEmpty)
    #expect(PythonProgram.all.count > 70)
  }
}

/// One file of Tests/Semantics/Python. `# FROM: 3.13` names the first version that does so, `# NOT: 3.12.1` those with a
/// defect of their own.
struct PythonProgram: CustomTestStringConvertible, Sendable {
  let name: String
  let path: String
  private let first: [Int]
  private let defective: Set<String>

  init(path: String, text: String) {
    self.path = path
    name = String(path.split(separator: "/").last?.dropLast(3) ?? "")
    func words(after mark: String) -> [String] {
      text.split(separator: "\n").filter { $0.hasPrefix(mark) }
        .flatMap { $0.dropFirst(mark.count).split(separator: " ").map(String.init) }
    }
    first = words(after: "# FROM:").first.map(versionNumbers) ?? []
    defective = Set(words(after: "# NOT:"))
  }

  func isAbout(_ python: PythonInterpreter) -> Bool {
    !versionNumbers(python.version).lexicographicallyPrecedes(first) && !defective.contains(python.version)
  }

  var testDescription: String { name }

  static let all: [PythonProgram] = filesOfProject("Tests/Semantics/Python", ".py").map { path, text in
    PythonProgram(path: path, text: text)
  }
}

/// `python3`, and those of the versions that the table is about that are installed.
struct PythonInterpreter: CustomTestStringConvertible, Sendable {
  let path: String
  let version: String

  var testDescription: String { version }

  static let all: [PythonInterpreter] = {
    let names = ["python3"] + (11...13).map { "python3.\($0)" } + installedByPyenv()
    var found: [PythonInterpreter] = []
    for name in names {
      let version = (try? outcome(of: "\(name) -c 'import platform; print(platform.python_version())'"))?.lines.first
      guard let version, !found.contains(where: { $0.version == version }) else { continue }
      found.append(PythonInterpreter(path: name, version: version))
    }
    // threading as the table knows it begins with 3.11.
    return found.filter { !versionNumbers($0.version).lexicographicallyPrecedes([3, 11]) }
  }()

  private static func installedByPyenv() -> [String] {
    let lines = (try? outcome(of: "ls -d \"${PYENV_ROOT:-$HOME/.pyenv}\"/versions/3.1[1-3].*/bin/python3"))?.lines
    return lines ?? []
  }
}

private func versionNumbers(_ version: String) -> [Int] {
  version.split(separator: ".").map { Int($0) ?? 0 }
}

/// What a program printed, how it ended, and how many lines of standard error speak of an exception.
struct Outcome: Equatable {
  var lines: [String]
  var exceptions: Int
  /// As a shell says it; 124 where the program did not end within a minute.
  var status: Int32
}

/// Runs a command, without what a build machine may have set to make Python's streams another's.
func outcome(of command: String) throws -> Outcome {
  let errors = "/tmp/straggler-semantics.\(getpid()).\(UInt64.random(in: 0 ... .max))"
  defer { unlink(errors) }
  let whole = "env -u PYTHONUNBUFFERED timeout 60 \(command) </dev/null 2>\(errors)"
  guard let pipe = popen(whole, "r") else { throw NoShell() }
  let lines = linesToEnd(of: pipe)
  let status = pclose(pipe)
  let exceptions = (fopen(errors, "r")).map { file in
    defer { fclose(file) }
    return linesToEnd(of: file).filter { $0.hasPrefix("Exception i") }.count
  }
  return Outcome(
    lines: lines, exceptions: exceptions ?? 0, status: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
}

struct NoShell: Error {}

private func linesToEnd(of file: UnsafeMutablePointer<FILE>) -> [String] {
  var lines: [String] = []
  var line: UnsafeMutablePointer<CChar>?
  var room = 0
  defer { free(line) }
  while getline(&line, &room, file) > 0, let line {
    lines.append(String(String(cString: line).drop { _ in false }.prefix { $0 != "\n" }))
  }
  return lines
}

/// A program that was built beside the tests.
func builtProgram(_ name: String) -> String {
  var path = [CChar](repeating: 0, count: 4096)
  let length = readlink("/proc/self/exe", &path, 4095)
  let executable = String(decoding: path.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  return executable.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
    + name
}

/// The files of one folder of the project whose name ends so, with their text.
func filesOfProject(_ folder: String, _ ending: String, source: String = #filePath) -> [(path: String, text: String)] {
  let root = source.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
  guard let directory = opendir(root + "/" + folder) else { return [] }
  defer { closedir(directory) }
  var files: [(String, String)] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    let path = "\(root)/\(folder)/\(name)"
    guard name.hasSuffix(ending), let file = fopen(path, "r") else { continue }
    files.append((path, linesToEnd(of: file).joined(separator: "\n")))
    fclose(file)
  }
  return files.sorted { $0.0 < $1.0 }
}
