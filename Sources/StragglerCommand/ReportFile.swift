// A report's file: known to be writable before the program runs, complete or not there at all afterwards.

internal import Glibc

/// A place to write one text to.
struct ReportFile: Equatable {
  /// Where the text really goes: links are followed, so that a rename does not put a file in a link's place.
  let path: String
  private let isReplaced: Bool
  /// The standard stream that leads to this file: what the program wrote there stays, and the text comes behind it.
  private let stream: Int32?
  private let mode: mode_t

  /// Finds out whether the file can be written, without changing one that is there.
  ///
  /// - Throws: `CommandFailure` that names the file and the reason.
  init(_ name: String) throws {
    var status = stat()
    if stat(name, &status) == 0 {
      let kind = status.st_mode & S_IFMT
      guard kind != S_IFDIR else { throw CommandFailure("\(name) is a folder: a report needs the name of a file") }
      guard access(name, W_OK) == 0 else { throw Self.failure(name, errno) }
      path = Self.resolved(name)
      stream = kind == S_IFREG ? Self.standardStream(to: status) : nil
      // A device or a pipe is written to; a file is replaced as a whole.
      isReplaced = kind == S_IFREG && stream == nil
      mode = status.st_mode & 0o777
    } else {
      guard errno == ENOENT else { throw Self.failure(name, errno) }
      path = try Self.placeOfNew(name)
      stream = nil
      isReplaced = true
      let mask = umask(0o077)
      umask(mask)
      mode = 0o666 & ~mask
    }
    if isReplaced {
      let (descriptor, temporary) = try makeTemporary()
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Writes the file: nobody ever sees half of it.
  ///
  /// - Throws: `CommandFailure`.
  func write(_ text: String) throws { try write { $0(text) } }

  /// Writes what is handed over, piece by piece: a large report is never in memory as a whole.
  ///
  /// - Throws: `CommandFailure`.
  func write(_ produce: ((String) -> Void) -> Void) throws {
    guard isReplaced else { return try writeInPlace(produce) }
    let (descriptor, temporary) = try makeTemporary()
    do {
      defer { close(descriptor) }
      try writePieces(produce, to: descriptor)
      guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
        throw Self.failure(path, errno)
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func writePieces(_ produce: ((String) -> Void) -> Void, to descriptor: Int32) throws {
    let room = 1 << 20
    var pieces = ""
    var failure: (any Error)?
    func write() {
      guard failure == nil else { return }
      do { try writeAll(pieces, to: descriptor, name: path) } catch { failure = error }
      pieces.removeAll(keepingCapacity: true)
    }
    produce { piece in
      pieces += piece
      if pieces.utf8.count >= room { write() }
    }
    write()
    if let failure { throw failure }
  }

  private func writeInPlace(_ produce: ((String) -> Void) -> Void) throws {
    let descriptor = stream.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    defer { close(descriptor) }
    try writePieces(produce, to: descriptor)
  }

  private static func standardStream(to file: stat) -> Int32? {
    [STDOUT_FILENO, STDERR_FILENO].first { stream in
      var status = stat()
      return fstat(stream, &status) == 0 && status.st_dev == file.st_dev && status.st_ino == file.st_ino
    }
  }

  private func makeTemporary() throws -> (descriptor: Int32, path: String) {
    var template = Array("\(path).XXXXXX".utf8CString)
    // Never open while a program is started: it is made, used and closed before or after.
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    return (descriptor, template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
  }

  /// Where a file will be that is not there yet: its folder without links and ways round, and its name. A link to a file that is
  /// not there leads to where that one will be.
  private static func placeOfNew(_ name: String, links: Int = 0) throws -> String {
    guard links < 40 else { throw failure(name, ELOOP) }
    let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")).map(name.utf8.index(after:))
    let folder = slash.map { String(name[..<$0]) } ?? "./"
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(name, &buffer, buffer.count)
    if count > 0 {
      let target = String(decoding: buffer.prefix(count), as: UTF8.self)
      return try placeOfNew(target.utf8.first == UInt8(ascii: "/") ? target : folder + target, links: links + 1)
    }
    guard let resolved = realpath(folder, nil) else { throw failure(name, errno) }
    defer { free(resolved) }
    let real = String(cString: resolved)
    return (real == "/" ? real : real + "/") + String(slash.map { name[$0...] } ?? name[...])
  }

  /// Where the name leads: the same for all names of one place.
  static func resolved(_ name: String) -> String {
    guard let resolved = realpath(name, nil) else { return name }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func failure(_ name: String, _ error: Int32) -> CommandFailure {
    CommandFailure("the report \(name) can't be written: \(String(cString: strerror(error)))")
  }
}
