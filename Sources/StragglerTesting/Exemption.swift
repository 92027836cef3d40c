// What a check is told to pass over.

internal import Glibc
internal import Straggler

/// One kind of thing that a test may leave behind. Names are globs as the shell has them: `*`, `?`, `[a-z]`.
public struct Exemption: Sendable, Hashable {
  private enum Subject: Hashable { case rule, thread, resource }

  private var subject: Subject
  private var glob: String

  /// What this rule finds: `.rule("abandoned-file")`.
  public static func rule(_ glob: String) -> Exemption { Exemption(subject: .rule, glob: glob) }

  /// What threads of this name leave.
  public static func thread(_ glob: String) -> Exemption { Exemption(subject: .thread, glob: glob) }

  /// Holds of resources of this name; of files: of this path.
  public static func resource(_ glob: String) -> Exemption { Exemption(subject: .resource, glob: glob) }

  /// - Parameter thread: the one of the finding's threads that is meant.
  func covers(_ finding: Audit.Finding, of thread: Audit.ThreadIdentity?) -> Bool {
    switch subject {
    case .rule: matches(finding.rule)
    case .thread: matches(thread?.name)
    case .resource: matches(finding.resource?.name) || matches(finding.resource?.path)
    }
  }

  private func matches(_ text: String?) -> Bool { text.map { fnmatch(glob, $0, 0) == 0 } ?? false }
}
