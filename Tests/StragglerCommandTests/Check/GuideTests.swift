// The guide's programs, in Swift and in Python: the thread runtime does what the threading module does, line by line.

import Foundation
import StragglerProcesses
import Testing

@Suite("The guide's programs in both languages")
struct GuideTests {
  /// Fixtures/Guide, from this file's place.
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Fixtures/Guide").standardized.path

  private static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(".swift".count)) }.sorted()
  }()

  private func run(_ executable: String, _ arguments: [String]) throws -> Subprocess.Result {
    let folder = try TemporaryFolder()
    return try Subprocess(
      executable, arguments,
      // The linked program reports its leaks by itself; its status is to be its own.
      environment: [
        "STRAGGLER_OPTIONS": "--fail-on never", "PYTHONUNBUFFERED": nil, "PYTHONDONTWRITEBYTECODE": "1",
      ],
      workingDirectory: folder.path, timeLimit: .seconds(60)
    ).run()
  }

  @Test("All of the guide's programs and pitfalls are there, each twice")
  func bothLanguages() {
    #expect(Self.names.count >= 9)
    for name in Self.names {
      #expect(FileManager.default.fileExists(atPath: "\(Self.folder)/\(name).py"), "\(name)")
    }
  }

  @Test("Both print the same lines and end with the same status", arguments: names)
  func sameLines(name: String) throws {
    // Of a test run, the built programs lie beside the test executable.
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = URL(fileURLWithPath: executable).deletingLastPathComponent().appending(path: name).path
    let swift = try run(program, [])
    let python = try run("/usr/bin/python3", ["\(Self.folder)/\(name).py"])
    #expect(String(decoding: swift.output, as: UTF8.self) == String(decoding: python.output, as: UTF8.self))
    #expect(!swift.output.isEmpty)
    #expect(swift.end == .status(0))
    #expect(swift.end == python.end)
  }
}
