// A run's processes, one after the other, for formats without a tree.

internal import StragglerAnalysis

extension Report {
  /// This report and all below it, parents first.
  var all: [Report] { [self] + children.flatMap(\.all) }
}

/// A path as a reader of the project wants it: relative to the project's folder if it lies in there, without the ways round that
/// a build makes (`build/../src/a.c`).
///
/// - Returns: nil for a path that does not lie in there, or leaves it again by `..`.
func relativePath(_ path: String, to folder: String?) -> String? {
  guard let folder, !folder.isEmpty else { return nil }
  let prefix = folder.hasSuffix("/") ? folder : folder + "/"
  return path.hasPrefix(prefix) ? straightPath(path.dropFirst(prefix.count)) : nil
}

/// A relative path without the ways round in it, the parts `.` and `..`.
///
/// - Returns: nil for a path that leaves its folder, or is no more than that.
func straightPath(_ path: Substring) -> String? {
  var parts: [Substring] = []
  for part in path.split(separator: "/") where part != "." {
    guard part == ".." else {
      parts.append(part)
      continue
    }
    guard parts.popLast() != nil else { return nil }
  }
  return parts.isEmpty ? nil : parts.joined(separator: "/")
}
