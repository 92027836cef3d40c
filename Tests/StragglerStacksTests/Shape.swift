// The shapes of code that a lock is taken in, and the ways they are compiled.

import Testing

/// A small program under Shapes that takes one lock and then parks. Its first line says what it shows.
struct Shape: Sendable, CustomTestStringConvertible {
  /// What has become of the acquisition's callers by the time the thread is stopped.
  enum Callers: Sendable {
    /// Wherever a recorded frame is still alive, so are all further out.
    case kept
    /// Other calls stand where they stood, and what a small window records can't tell them apart.
    case replaced
    /// The lock was not taken on the thread's own stack.
    case foreign
  }

  /// How one of them is compiled.
  struct Build: Sendable, CustomTestStringConvertible {
    var compiler: String
    var options: [String]
    var testDescription: String { ([compiler] + options).joined(separator: " ") }
  }

  var file: String
  var callers: Callers
  /// The signal handler runs on another stack when the thread is stopped: that capture is foreign too.
  var stopsOnForeignStack = false

  var testDescription: String { file }

  var builds: [Build] {
    let levels = [["-O0"], ["-O2", "-fomit-frame-pointer"]]
    func builds(_ compilers: [String]) -> [Build] {
      compilers.flatMap { compiler in levels.map { Build(compiler: compiler, options: $0) } }
    }
    if file.hasSuffix(".swift") { return ["-Onone", "-O"].map { Build(compiler: "swiftc", options: [$0]) } }
    return builds(file.hasSuffix(".cpp") ? ["g++", "clang++"] : ["gcc", "clang"])
  }

  static let all = [
    Shape(file: "plain.c", callers: .kept),
    Shape(file: "helper.c", callers: .kept),
    Shape(file: "deep-return.c", callers: .kept),
    Shape(file: "other-road.c", callers: .kept),
    Shape(file: "far-other-road.c", callers: .replaced),
    Shape(file: "recursion.c", callers: .replaced),
    Shape(file: "tail-call.c", callers: .kept),
    Shape(file: "alloca.c", callers: .kept),
    Shape(file: "wide-frame.c", callers: .kept),
    Shape(file: "callback.c", callers: .kept),
    Shape(file: "signal-handler.c", callers: .kept),
    Shape(file: "signal-stack.c", callers: .foreign, stopsOnForeignStack: true),
    Shape(file: "coroutine.c", callers: .foreign),
    Shape(file: "unique-lock.cpp", callers: .kept),
    Shape(file: "lock-guard.cpp", callers: .kept),
    Shape(file: "with-lock.swift", callers: .kept),
    Shape(file: "lock-and-return.swift", callers: .kept),
  ]

  static func named(_ file: String) -> Shape {
    guard let shape = all.first(where: { $0.file == file }) else { preconditionFailure("no shape \(file)") }
    return shape
  }

  /// Every shape in each of its builds.
  static let allBuilds = all.flatMap { shape in shape.builds.map { (shape, $0) } }
}
