// The small C and C++ programs that tests observe: compiled once, with the recorder inside or not.

internal import Foundation
internal import StragglerProcesses
internal import Synchronization
internal import TestSupport

/// How the recorder comes into a program.
enum Recording: Sendable, CaseIterable {
  /// Not at all.
  case alone
  /// By LD_PRELOAD.
  case preloaded
  /// The program is linked with it.
  case linked

  /// The two ways of being observed: what a program notices of the recorder must be tested in both.
  static let observed: [Recording] = [.preloaded, .linked]
}

/// One source under Programs, and the options that it is built with.
struct TestProgram: Hashable, Sendable {
  /// The file's name, with its extension.
  var source: String
  var options: [String] = []

  /// What clang's -fsanitize is given; the recorder, where it is linked, is then built with it as well.
  var sanitizer: String?

  /// The path of the built program.
  func path(_ recording: Recording) -> String { Self.builds.path(of: self, linked: recording == .linked) }

  /// Builds the source as a shared library and returns its path.
  static func library(_ source: String) -> String {
    builds.path(of: TestProgram(source: source, options: ["-shared", "-fPIC"]), linked: false)
  }

  /// The words of its compilation, the compiler's name first.
  fileprivate func compilation(linked: Bool, to path: String) -> [String] {
    let file = "\(TestFolder.sources)/Programs/\(source)"
    let all = ["-g", "-O1", "-Wall", "-Werror", "-pthread", file, "-o", path] + options
    if let sanitizer {
      let recorder = linked ? Recorder.includes + Recorder.sources : []
      return ["clang", "-fsanitize=\(sanitizer)"] + all + recorder + Recorder.dispatch
    }
    return [source.hasSuffix(".cpp") ? "g++" : "gcc"] + all + (linked ? Recorder.objects : [])
  }

  private static let builds = Builds()
}

/// The folder of this test process; removed when it ends.
enum TestFolder {
  /// Where this file is.
  static let sources = (#filePath as NSString).deletingLastPathComponent

  static let path: String = {
    // Short: the name of a socket in it has 108 bytes at most (unix(7)).
    let path = "/tmp/straggler-recorder-\(getpid())"
    // swift-format-ignore: NeverUseForceTry
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: TestFolder.path) }
    return path
  }()

  private static let counter = Atomic(0)

  /// A path in the folder that nobody else uses.
  static func freshPath(_ name: String) -> String {
    "\(path)/\(counter.add(1, ordering: .relaxed).newValue)-\(name)"
  }
}

/// The recorder as it was built: the library beside the test bundle, and its sources as objects.
enum Recorder {
  static let package = (TestFolder.sources as NSString).deletingLastPathComponent + "/.."

  /// The preload library, where the package's build puts it.
  static let library: String = {
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = bundle.deletingLastPathComponent().appendingPathComponent(PreloadLibrary.fileName).path
    precondition(FileManager.default.fileExists(atPath: path), "\(path) is not there: build the whole package first")
    return path
  }()

  /// The C sources of what a linked program gets, by target.
  static let sources: [String] = ["CStragglerRecorder", "CStragglerInterpose", "CStragglerLinked"].flatMap { target in
    let folder = "\(package)/Sources/\(target)"
    // swift-format-ignore: NeverUseForceTry
    let names = try! FileManager.default.contentsOfDirectory(atPath: folder)
    return names.filter { $0.hasSuffix(".c") }.sorted().map { "\(folder)/\($0)" }
  }

  static let includes: [String] = ["CStragglerArena", "CStragglerRecorder", "CStragglerInterpose", "CStragglerLinked"]
    .flatMap { ["-I", "\(package)/Sources/\($0)/include"] }

  /// Compiled from the sources as a release build has them.
  static let objects: [String] = sources.map { source in
    let object = TestFolder.freshPath((source as NSString).lastPathComponent + ".o")
    // Version 4: Debian 12's valgrind can't read clang's own choice.
    Compiler.run(["clang", "-O2", "-gdwarf-4", "-c", source, "-o", object] + includes, in: TestFolder.path)
    return object
  }

  /// The Swift toolchain's folder, by its clang.
  private static let toolchain: String = {
    let clang = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map { "\($0)/clang" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    let programs = URL(fileURLWithPath: clang ?? "/usr/bin/clang").resolvingSymlinksInPath().deletingLastPathComponent()
    return programs.deletingLastPathComponent().path
  }()

  /// What clang's ThreadSanitizer in a Swift toolchain is built for.
  static let dispatch: [String] = {
    let folder = "\(toolchain)/lib/swift/linux"
    return ["-L\(folder)", "-Wl,-rpath,\(folder)", "-ldispatch", "-lBlocksRuntime"]
  }()

  /// Where clang's sanitizers stand as shared libraries.
  static let clangRuntimes: String = {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "\(toolchain)/lib/clang")) ?? []
    return "\(toolchain)/lib/clang/\(versions.first ?? "")/lib/linux"
  }()
}

/// What has been built, so that each program is built once however many tests run it.
private final class Builds: Sendable {
  private struct Key: Hashable {
    var program: TestProgram
    var linked: Bool
  }

  private let paths = Mutex<[Key: String]>([:])

  func path(of program: TestProgram, linked: Bool) -> String {
    paths.withLock { paths in
      let key = Key(program: program, linked: linked)
      if let path = paths[key] { return path }
      let path = TestFolder.freshPath((program.source as NSString).deletingPathExtension)
      Compiler.run(program.compilation(linked: linked, to: path), in: TestFolder.path)
      paths[key] = path
      return path
    }
  }
}
