// The small C programs that tests run, each compiled once.

internal import Foundation
internal import Synchronization
internal import TestSupport

@testable internal import StragglerProcesses

/// A folder of this test process, removed when it ends, and the programs in it.
enum TestPrograms {
  /// A recorder that attaches and records nothing.
  static let recorder = build("recorder", ["-shared", "-fPIC"], name: "recorder.so")
  static let twoThreads = build("two-threads", ["-pthread"])

  static let folder: String = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("straggler-tests-\(getpid())").path
    // swift-format-ignore: NeverUseForceTry
    try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: TestPrograms.folder) }
    return folder
  }()

  /// The folder of this file.
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let counter = Mutex(0)

  /// A path in the folder that nobody else uses.
  static func freshPath(_ name: String) -> String {
    let number = counter.withLock { counter in
      counter += 1
      return counter
    }
    return "\(folder)/\(number)-\(name)"
  }

  /// Writes a file and sets its mode.
  static func file(_ name: String, _ content: String, mode: Int = 0o755) throws -> String {
    let path = freshPath(name)
    try content.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  /// Compiles one C source.
  static func compile(_ source: String, _ options: [String] = [], to path: String) {
    let include =
      tests.deletingLastPathComponent().deletingLastPathComponent().path + "/Sources/CStragglerArena/include"
    Compiler.run(["cc", "-g", "-Wall", "-Werror", "-I", include] + options + [source, "-o", path], in: folder)
  }

  private static func build(_ source: String, _ options: [String] = [], name: String? = nil) -> String {
    let path = freshPath(name ?? source)
    compile(tests.path + "/Programs/\(source).c", options, to: path)
    return path
  }
}

extension ObservationRequest {
  /// A run of a shell command with the recorder that records nothing.
  static func shell(
    _ command: String, _ arguments: String..., variables: [String] = [], preload: String = TestPrograms.recorder
  ) throws -> ObservationRequest {
    ObservationRequest(
      program: try ObservableProgram(
        name: "/bin/sh", arguments: ["-c", command, "sh"] + arguments, searchPath: nil),
      preload: PreloadLibrary(path: preload), environment: ["PATH=/usr/bin:/bin"] + variables,
      temporaryFolder: TestPrograms.folder)
  }
}

extension ObservationRequest {
  /// Runs with no signal blocked, as from a shell: the threads that run tests block most of them.
  func run() throws(ObservationError) -> Observation {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try ObservedRun.run(self)
  }
}
