// The folder of one run: it holds the socket that recorders connect to.
//
// A program may become another user and go on, or execute another program, as that user: its recorder has to reach the
// socket still. So others may pass through the folder (mode 711), but not look into it: who does not know the name of the
// socket, which stands in the run's environment alone, finds nothing there.

internal import Glibc

/// A new folder, removed with everything that was made in it through this value.
final class PrivateDirectory {
  let path: String
  private var entries: [String] = []

  /// Makes the folder in `parent`, or in /tmp where the name of a socket in it would be too long.
  ///
  /// - Throws: `ObservationError` (125) when no folder can be made.
  init(parent: String) throws(ObservationError) {
    let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
    let name = "/straggler-XXXXXX"
    // The recorder of a process that has gone to another folder must find it, too.
    let parent = parent.isEmpty || parent.hasPrefix("/") ? parent : Self.absolute(parent)
    let fits = parent.utf8.count + name.utf8.count + Self.hiddenNameLength + 1 < room
    var template = Array(((fits && !parent.isEmpty ? parent : "/tmp") + name).utf8CString)
    guard mkdtemp(&template) != nil else {
      let folder = fits && !parent.isEmpty ? parent : "/tmp"
      throw .system("can't make a private folder in \(folder) (TMPDIR names another place)", errno)
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  /// The path itself where it leads nowhere: making the folder will say so.
  private static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The length of every name that `hiddenEntry()` makes.
  private static let hiddenNameLength = 32

  /// The path of an entry whose name nobody can guess, to be removed with the folder.
  func hiddenEntry() -> String {
    let digits = (0..<Self.hiddenNameLength).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }
    return entry(digits.joined())
  }

  /// Lets other users through to what they know the name of.
  func letOthersThrough() throws(ObservationError) {
    guard chmod(path, 0o711) == 0 else { throw .system("can't set the mode of \(path)", errno) }
  }

  /// The path of an entry that will be removed with the folder.
  func entry(_ name: String) -> String {
    let entry = "\(path)/\(name)"
    entries.append(entry)
    return entry
  }

  deinit {
    for entry in entries { unlink(entry) }
    rmdir(path)
  }
}
