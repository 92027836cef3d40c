// This process's own arguments.

/// What this process was started with.
public enum ProgramArguments {
  /// All of them, argument 0 first.
  ///
  /// Where the language runtime has none the kernel is asked. Seen with libfaketime preloaded into straggler itself and an
  /// absolute date: a run would print its help and end with 0, as if a program had passed.
  public static var all: [String] {
    CommandLine.arguments.isEmpty ? kernels : CommandLine.arguments
  }

  /// As /proc/self/cmdline has them, each with a NUL behind it: proc(5).
  static var kernels: [String] {
    let content = ProcFile.read("/proc/self/cmdline") ?? ""
    return content.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}
