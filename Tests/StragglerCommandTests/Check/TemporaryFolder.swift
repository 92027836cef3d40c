// A folder with files, for the time of a test.

import Foundation

final class TemporaryFolder: Sendable {
  let path: String

  /// - Parameter files: their texts, by their paths in the folder; those that begin with `#!` can be executed.
  init(_ files: [String: String] = [:]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "straggler-test-\(UUID().uuidString)")
    path = folder.path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      if text.hasPrefix("#!") {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        try Self.awaitNoWriter(of: file.path)
      }
    }
  }

  /// Returns when nobody has the file open for writing any more: until then execve(2) would fail with ETXTBSY. Another thread's
  /// child, forked while this one wrote, keeps the descriptor until it executes its program.
  private static func awaitNoWriter(of path: String) throws {
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    let setLease: CInt = 1024  // F_SETLEASE, which Glibc's module leaves out
    // A lease for reading is refused with EAGAIN as long as there is a writer (fcntl(2)); where the file system has none, nobody
    // can be waited for.
    while fcntl(file.fileDescriptor, setLease, CInt(F_RDLCK)) != 0, errno == EAGAIN { sched_yield() }
    try file.close()
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
