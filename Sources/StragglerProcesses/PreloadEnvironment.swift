// The environment of the observed program: its starter's, with the recorder's library and socket.

internal import Glibc

/// Which library is preloaded, and how the environment says so.
public struct PreloadLibrary: Sendable, Equatable {
  public static let fileName = "libStragglerPreload.so"
  public let path: String

  public init(path: String) { self.path = path }

  /// Finds the library beside the running executable, or where `make install` puts it.
  ///
  /// - Throws: `ObservationError` (125) that names the places.
  public static func beside(executable: String) throws(ObservationError) -> PreloadLibrary {
    let folder = executable.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    let places = ["\(folder)/\(fileName)", "\(folder)/../lib/straggler/\(fileName)"]
    guard let place = places.first(where: { access($0, R_OK) == 0 }) else {
      throw ObservationError(
        .failed, "\(fileName) is neither \(places[0]) nor \(places[1]): build or install Straggler as a whole")
    }
    return PreloadLibrary(path: place)
  }

  /// The loader splits LD_PRELOAD at blanks and colons and expands dollar signs (ld.so(8)): a path with one of them is
  /// reached through a link in the run's own folder.
  func pathForLoader(in directory: PrivateDirectory) throws(ObservationError) -> String {
    guard Self.isSplit(path) else { return path }
    let link = directory.entry(Self.fileName)
    guard !Self.isSplit(link) else {
      throw ObservationError(
        .failed,
        "neither \(path) nor \(link) can stand in LD_PRELOAD: let TMPDIR name a folder without blanks and colons")
    }
    guard symlink(path, link) == 0 else { throw .system("can't make the link \(link)", errno) }
    return link
  }

  private static func isSplit(_ path: String) -> Bool {
    path.utf8.contains { [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ":"), UInt8(ascii: "$")].contains($0) }
  }
}

/// Makes the program's environment out of ours.
struct PreloadEnvironment {
  var library: String
  var socket: String
  /// How many seccomp filters are in force here, so that a recorder sees whether more have come since; nil where the kernel
  /// does not tell.
  var seccompFilters: Int?

  /// The variables as `NAME=value`: all others in their order, ours at the end.
  func variables(from inherited: [String]) -> [String] {
    let previous = inherited.last { $0.hasPrefix("LD_PRELOAD=") }?.dropFirst("LD_PRELOAD=".count) ?? ""
    let libraries = [library] + previous.split { " :".contains($0) }.map(String.init)
    let ours = ["LD_PRELOAD=", "STRAGGLER_SOCKET=", "STRAGGLER_FILTERS="]
    return inherited.filter { variable in !ours.contains(where: variable.hasPrefix) }
      + ["LD_PRELOAD=\(libraries.joined(separator: ":"))", "STRAGGLER_SOCKET=\(socket)"]
      + (seccompFilters.map { ["STRAGGLER_FILTERS=\($0)"] } ?? [])
  }
}
