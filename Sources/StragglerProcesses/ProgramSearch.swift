// Where a program's file is, by execvp(3)'s rules.

internal import Glibc

/// Finds a program as the system would: a name with a slash is a path; another is looked for in the search path.
struct ProgramSearch {
  /// The value of PATH; nil where it is not set.
  var searchPath: String?

  /// - Throws: `ObservationError`: 127 where there is no such file, 126 where there is one that can't be executed.
  func path(of name: String) throws(ObservationError) -> String {
    guard !name.isEmpty else { throw ObservationError(.notFound, "the name of the program is empty") }
    if name.contains("/") {
      try Self.check(name)
      return name
    }
    var refused: ObservationError?
    for folder in (searchPath ?? "/bin:/usr/bin").split(separator: ":", omittingEmptySubsequences: false) {
      let candidate = folder.isEmpty ? "./\(name)" : "\(folder)/\(name)"
      do throws(ObservationError) {
        try Self.check(candidate)
        return candidate
      } catch {
        if error.status == .unobservable { refused = refused ?? error }
      }
    }
    throw refused
      ?? ObservationError(.notFound, "\(name) was not found in PATH; write ./\(name) for a program in this folder")
  }

  private static func check(_ path: String) throws(ObservationError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let error = errno
      let missing = error == ENOENT || error == ENOTDIR
      throw ObservationError(
        missing ? .notFound : .unobservable,
        missing ? "\(path): there is no such file" : "\(path) can't be reached: \(ObservationError.words(for: error))")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw ObservationError(.unobservable, "\(path) is a folder, not a program")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ObservationError(.unobservable, "\(path) is not a regular file")
    }
    guard access(path, X_OK) == 0 else {
      guard status.st_mode & 0o111 == 0 else {
        throw ObservationError(
          .unobservable, "\(path) may not be executed: by this user, or in its file system (noexec)")
      }
      throw ObservationError(.unobservable, "\(path) can't be executed: chmod +x \(path), or name its interpreter")
    }
  }
}
