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
  pathInside(folder, path).flatMap(straightPath)
}

/// What of a path follows its folder; nil where it does not lie in there.
///
/// Paths are taken by their bytes: with a mark behind it that combines, a slash is another `Character`.
func pathInside(_ folder: String?, _ path: String) -> Substring? {
  guard let folder, !folder.isEmpty else { return nil }
  let prefix = folder.utf8.last == slash ? folder : folder + "/"
  return path.utf8.starts(with: prefix.utf8) ? Substring(path.utf8.dropFirst(prefix.utf8.count)) : nil
}

func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

/// A relative path without the ways round in it, the parts `.` and `..`.
///
/// - Returns: nil for a path that leaves its folder, or is no more than that.
func straightPath(_ path: Substring) -> String? {
  var parts: [String] = []
  for part in path.utf8.split(separator: slash).map({ String(Substring($0)) }) where part != "." {
    guard part == ".." else {
      parts.append(part)
      continue
    }
    guard parts.popLast() != nil else { return nil }
  }
  return parts.isEmpty ? nil : parts.joined(separator: "/")
}

private let slash = UInt8(ascii: "/")
