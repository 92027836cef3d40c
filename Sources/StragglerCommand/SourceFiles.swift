// The source lines that the text report shows.

internal import Glibc

/// Reads source files for a report: each once, and none that is too large to be written by hand.
final class SourceFiles {
  private static let largest = 4 << 20
  private var known: [String: [String]?] = [:]

  /// The file's lines; nil where it is not there, is no regular file, or is no text.
  func lines(of path: String) -> [String]? {
    if let lines = known[path] { return lines }
    let lines = Self.read(path)
    known[path] = .some(lines)
    return lines
  }

  private static func read(_ path: String) -> [String]? {
    guard let bytes = RegularFile.read(path, atMost: largest), let text = String(validating: bytes, as: UTF8.self)
    else {
      return nil
    }
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }
}

enum RegularFile {
  /// Why `read` gave nothing.
  static func problem(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else { return String(cString: strerror(errno)) }
    return status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is no regular file of a sane size"
  }

  /// The whole content of a regular file of at most that many bytes; nil for anything else.
  static func read(_ path: String, atMost limit: Int) -> [UInt8]? {
    // O_NONBLOCK: a pipe of that name must not stop us.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let length = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + filled, $0.count - filled) }
      if length < 0 { return nil }
      if length == 0 { break }
      filled += length
    }
    return Array(bytes.prefix(filled))
  }
}
