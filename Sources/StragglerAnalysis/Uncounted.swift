// Processes whose findings don't count.

/// Why those of a process don't.
public enum Uncounted: String, Sendable, CaseIterable {
  /// It is a compiler, a linker, a build or package tool, and nobody asked for it.
  case tool
  /// `--ignore` names it.
  case ignore
  /// There is an `--only`, and none names it.
  case only
}

extension Report {
  /// Drops what was found in the process, and says so.
  public mutating func leaveUncounted(_ reason: Uncounted) {
    findings = []
    process?.uncounted = reason
    if let line = process?.uncountedLine { unseen.append(line) }
  }
}

extension ReportedProcess {
  /// The line of the coverage that says so; nil of a process that counts.
  public var uncountedLine: String? {
    let words: String
    switch uncounted {
    case nil: return nil
    case .tool: words = "as it is a tool of a toolchain; name it with --only to see them"
    case .ignore: words = "by --ignore"
    case .only: words = "as no --only names it"
    }
    return "\(executable): its findings don't count, \(words)"
  }
}
