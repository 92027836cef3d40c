// `swift package straggler`: builds the package's tests, runs them, and reports what they abandoned.
import Foundation
import PackagePlugin

/// SwiftPM holds the build folder while a plugin runs, so that a `swift test` inside it would wait for ever: SwiftPM builds, and
/// the test program is started here, once for each testing library, as `swift test` would.
@main struct StragglerPlugin: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    let build = try packageManager.build(.all(includingTests: true), parameters: .init(logging: .concise))
    guard build.succeeded else { throw Failure("the tests could not be built:\n\(build.logText)") }
    let straggler = try context.tool(named: "straggler").url
    let program = try testProgram(of: context)
    let folder = context.pluginWorkDirectoryURL
    var records: [URL] = []
    var failed: [String] = []
    for library in ["xctest", "swift-testing"] {
      let record = folder.appending(path: "\(library).json")
      try? FileManager.default.removeItem(at: record)
      let status = try run(program, ["--testing-library", library], renderer: straggler, record: record)
      // A test program without tests of Swift Testing says so by EX_UNAVAILABLE.
      if status != 0 && !(library == "swift-testing" && status == 69) { failed.append("\(library): status \(status)") }
      if FileManager.default.fileExists(atPath: record.path) { records.append(record) }
    }
    guard !records.isEmpty else {
      throw Failure(
        "\(program.lastPathComponent) does not record: let a test target depend on the product StragglerTesting of the "
          + "package straggler (docs/testing.md)")
    }
    let status = try run(straggler, ["report"] + arguments + records.map(\.path))
    // Any status becomes 1 on its way through SwiftPM.
    if !failed.isEmpty { throw Failure("tests failed (\(failed.joined(separator: ", ")))") }
    if status != 0 { throw Failure("straggler ended with \(status)") }
  }

  /// The build folder's, which SwiftPM does not list among what it has built.
  private func testProgram(of context: PluginContext) throws -> URL {
    // SCRATCH/plugins/NAME/outputs
    var scratch = context.pluginWorkDirectoryURL
    while scratch.lastPathComponent != "plugins" && scratch.pathComponents.count > 1 {
      scratch.deleteLastPathComponent()
    }
    let folder = scratch.deletingLastPathComponent().appending(path: "debug")
    let program = folder.appending(path: "\(context.package.displayName)PackageTests.xctest")
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw Failure("the package has no tests: there is no \(program.path)")
    }
    return program
  }

  /// Returns the status; 128 and the signal's number for a death by a signal.
  private func run(_ program: URL, _ arguments: [String], renderer: URL? = nil, record: URL? = nil) throws -> Int32 {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    if let renderer, let record {
      var environment = ProcessInfo.processInfo.environment
      environment["STRAGGLER_RENDERER"] = renderer.path
      let path = record.path.replacing("'", with: #"'\''"#)
      environment["STRAGGLER_OPTIONS"] = "--report 'json=\(path)' --fail-on never"
      process.environment = environment
    }
    try process.run()
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
  }
}

struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
