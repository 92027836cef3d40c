// The compilers of the small programs that tests observe.

internal import StragglerProcesses

/// Runs compilers; one that fails is a broken machine or program, not a failed test.
public enum Compiler {
  /// - Parameter words: the compiler's name, then its arguments.
  public static func run(_ words: [String], in folder: String) {
    let compiler = Subprocess("/usr/bin/env", words, workingDirectory: folder, timeLimit: .seconds(120))
    // swift-format-ignore: NeverUseForceTry
    let result = try! compiler.run()
    precondition(result.end == .status(0), String(decoding: result.errorOutput, as: UTF8.self))
  }
}
