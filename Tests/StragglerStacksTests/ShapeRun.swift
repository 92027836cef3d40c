// Compiles a shape, runs it, and keeps its files until the test is done.

import Foundation

/// One run of a shape. Its folder is removed with it.
final class ShapeRun {
  let output: ProbeOutput
  /// The compiled program.
  let executable: String
  private let folder: URL

  init(_ shape: Shape, _ build: Shape.Build) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "straggler-shape-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    executable = folder.appending(path: "shape").path
    do {
      try Self.compile(shape, build, into: folder, executable: executable)
      output = try ProbeOutput(parsing: Self.run(executable, []))
    } catch {
      try FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Shapes")

  private static func compile(_ shape: Shape, _ build: Shape.Build, into folder: URL, executable: String) throws {
    let probe = folder.appending(path: "probe.o").path
    _ = try run(
      "gcc", ["-O1", "-pthread", "-fno-omit-frame-pointer", "-c", sources.appending(path: "probe.c").path, "-o", probe])
    var arguments = build.options + [sources.appending(path: shape.file).path, probe, "-o", executable]
    if build.compiler == "swiftc" {
      arguments += ["-import-objc-header", sources.appending(path: "probe.h").path]
      arguments += ["-module-cache-path", folder.appending(path: "modules").path]
    } else {
      arguments += ["-pthread"]
    }
    _ = try run(build.compiler, arguments + ["-lgcc_s"])
  }

  /// Runs `program`, found along PATH, to its end; returns its standard output.
  private static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw ShapeError(
        message: "\(program) \(arguments): expected status 0, found \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

struct ShapeError: Error, CustomStringConvertible {
  var message: String
  var description: String { message }
}
