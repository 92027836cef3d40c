// Finds the fixture programs under the paths that `straggler check` was given.

internal import FoundationEssentials
internal import Glibc

/// Which files are fixture programs.
enum FixtureDiscovery {
  /// Sources that need no executable bit to be taken for programs.
  private static let sourceExtensions: Set<String> = ["c", "cc", "cpp", "cxx", "swift", "py", "sh"]
  /// What programs share, and what lies in it: no program by itself.
  private static let sharedFolder = "Support"
  private static let headerExtensions: Set<String> = ["h", "hh", "hpp", "hxx", "md", "txt"]

  /// Nothing to be checked at a path.
  struct PathError: Error, CustomStringConvertible {
    var description: String
  }

  /// The programs, in the order of the paths, sorted within a folder, none twice. A path of a file is taken as it is.
  ///
  /// - Throws: `PathError` for a path that does not exist, or a folder without programs.
  static func programs(at paths: [String]) throws(PathError) -> [String] {
    var all: [String] = []
    for path in paths {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw PathError(description: "\(path): no such file or folder; expected fixture programs, or a folder of them")
      }
      let found = isFolder ? programs(in: path) : [path]
      guard !found.isEmpty else {
        throw PathError(
          description: "\(path): no fixture program in it; expected files that end in "
            + sourceExtensions.sorted().map { ".\($0)" }.joined(separator: " ") + ", or that can be executed")
      }
      all += found.filter { !all.contains($0) }
    }
    return all
  }

  private static func programs(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return names.filter(isVisible).flatMap { programs(named: prefix + $0) }.sorted()
  }

  /// The file itself, or what is in the folder; a symbolic link to either is not followed.
  private static func programs(named path: String) -> [String] {
    switch fileType(of: path) {
    case .typeDirectory: programs(in: path)
    case .typeRegular where isProgram(path): [path]
    default: []
    }
  }

  private static func fileType(of path: String) -> FileAttributeType? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
  }

  private static func isVisible(_ name: String) -> Bool {
    !(name == sharedFolder || name == "__pycache__" || name.hasPrefix("."))
  }

  private static func isProgram(_ path: String) -> Bool {
    let ending = URL(fileURLWithPath: path).pathExtension
    if sourceExtensions.contains(ending) { return true }
    guard !headerExtensions.contains(ending) else { return false }
    return FileManager.default.isExecutableFile(atPath: path) && !isBinary(path)
  }

  /// A built program can't say what must be found in it.
  private static func isBinary(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return true }
    defer { fclose(file) }
    var start = [UInt8](repeating: 0, count: 4)
    return fread(&start, 1, start.count, file) == 0 || start == [0x7f, 0x45, 0x4c, 0x46]
  }
}
