// The programs that tests observe, and the built straggler that observes them.

internal import Foundation
internal import StragglerProcesses
internal import Synchronization
internal import TestSupport

enum TestPrograms {
  static let leak = build("leak")
  static let clean = build("clean")
  static let deadlock = build("deadlock")
  static let signals = build("signals")
  static let inherited = build("inherited")
  static let linkedExit = build("linked-exit", with: recorder)
  static let confined = build("confined")
  static let confinedChildren = build("confined-children")
  static let replaced = build("replaced")
  static let sandbox = build("sandbox")
  static let tree = build("tree")
  static let filtered = build("filtered")
  static let faulting = build("faulting")
  static let flushing = build("flushing")
  static let lostLoader = build("leak", with: ["-Wl,--dynamic-linker=/no/such/loader"])
  /// A fixture, built as it says.
  static let deep = build("abandoned-deep-in-its-stack", in: fixtures, with: ["-O1", "-Wl,-z,now"])
  /// Programs of the recorder's own tests.
  static let waysOut = build("waysout", in: recorderPrograms, with: ["-O1"])
  static let exits = build("exits", in: recorderPrograms, with: ["-O1"])
  static let masks = build("masks", in: recorderPrograms, with: ["-O1", "-Wl,-z,now"])
  static let stacks = build("stacks", in: recorderPrograms, with: ["-O1", "-Wl,-z,now"])
  static let limits = build("limits", in: recorderPrograms, with: ["-O1"] + includes)
  static let linkedLeak = build("leak", with: recorder)
  static let suppressed = build("suppressed", with: ["-rdynamic"])
  static let suppressedUnexported = build("suppressed")
  static let suppressedLinked = build("suppressed", with: recorder)

  /// The executable, which the build puts beside the test bundle.
  static let straggler = Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent("straggler").path

  /// Removed when the test process ends.
  static let folder: String = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("straggler-commands-\(getpid())").path
    // swift-format-ignore: NeverUseForceTry
    try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: TestPrograms.folder) }
    return folder
  }()

  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let fixtures = tests.deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/C"
  private static let recorderPrograms = tests.deletingLastPathComponent().path + "/RecorderTests/Programs"
  private static let includes = ["Arena", "Recorder", "Interpose", "Linked"].flatMap { name in
    ["-I", tests.deletingLastPathComponent().deletingLastPathComponent().path + "/Sources/CStraggler\(name)/include"]
  }
  private static let counter = Mutex(0)

  /// A path in the folder that nobody else uses.
  static func freshPath(_ name: String) -> String {
    let number = counter.withLock { counter in
      counter += 1
      return counter
    }
    return "\(folder)/\(number)-\(name)"
  }

  /// What a linked program gets, as the build has compiled it.
  private static let recorder: [String] = ["Recorder", "Interpose", "Linked"].flatMap { name in
    let objects = "\(folderOfBuild)/CStraggler\(name).build"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: objects)) ?? []
    return names.filter { $0.hasSuffix(".o") }.map { "\(objects)/\($0)" }
  }

  private static let folderOfBuild = (straggler as NSString).deletingLastPathComponent

  private static func build(_ name: String, in folder: String? = nil, with more: [String] = []) -> String {
    let path = freshPath(name)
    let source = "\(folder ?? tests.path + "/Programs")/\(name).c"
    Compiler.run(["cc", "-g", "-pthread", "-Wall", "-Werror", source, "-o", path] + more, in: Self.folder)
    return path
  }
}

/// How a command line ended, and what it printed.
struct CommandResult {
  var end: Subprocess.Result.End
  var output: String
  var errorOutput: String

  var lines: [Substring] { errorOutput.split(separator: "\n") }
}

/// Runs a program with a time limit that only a hang reaches.
func runProgram(
  _ program: String, _ arguments: [String], environment: [String: String?] = [:]
) throws -> CommandResult {
  let result = try Subprocess(
    program, arguments, environment: environment, workingDirectory: TestPrograms.folder, timeLimit: .seconds(60)
  ).run()
  return CommandResult(
    end: result.end, output: String(decoding: result.output, as: UTF8.self),
    errorOutput: String(decoding: result.errorOutput, as: UTF8.self))
}

func straggler(_ arguments: String..., environment: [String: String?] = [:]) throws -> CommandResult {
  try runProgram(TestPrograms.straggler, arguments, environment: environment)
}
