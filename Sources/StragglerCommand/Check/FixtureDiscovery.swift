// Finds the fixture programs under the paths that `straggler check` was given.

internal import Foundation

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
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw PathError(description: "\(path): no such file or folder; expected fixture programs, or a folder of them")
      }
      let found = isFolder.boolValue ? programs(in: path) : [path]
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
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return names.filter(isVisible).map { prefix + $0 }.filter(isProgram).sorted()
  }

  private static func isVisible(_ name: String) -> Bool {
    !name.split(separator: "/").contains { $0 == sharedFolder || $0 == "__pycache__" || $0.hasPrefix(".") }
  }

  private static func isProgram(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else { return false }
    let ending = URL(fileURLWithPath: path).pathExtension
    if sourceExtensions.contains(ending) { return true }
    guard !headerExtensions.contains(ending) else { return false }
    return FileManager.default.isExecutableFile(atPath: path) && !isBinary(path)
  }

  /// A built program can't say what must be found in it.
  private static func isBinary(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return true }
    defer { try? file.close() }
    return (try? file.read(upToCount: 4))?.starts(with: [0x7f, 0x45, 0x4c, 0x46]) ?? true
  }
}
