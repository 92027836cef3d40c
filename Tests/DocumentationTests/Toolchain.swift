// The toolchain's own programs, run on what was built beside the tests.

import Foundation
import StragglerProcesses

/// The project's folder, from this file's place.
let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path

/// The folder of the built modules and programs: that of the test executable.
func builtFolder() throws -> String {
  let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  return URL(fileURLWithPath: executable).deletingLastPathComponent().path
}

/// Runs a shell command in the project's folder. Nil if it went well, else what it said.
func complaint(of command: String) throws -> String? {
  let result = try Subprocess(
    "/bin/sh", ["-c", command], environment: ["CI": "true"], workingDirectory: project, timeLimit: .seconds(300)
  ).run()
  guard result.end != .status(0) else { return nil }
  return "\(result.end)\n" + String(decoding: result.output + result.errorOutput, as: UTF8.self)
}

/// A folder that is gone when the last reference to it is.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "straggler-documentation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
