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
      }
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
