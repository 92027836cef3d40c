// Lines to standard error that need neither stdio's locks nor its buffers, which an abandoned thread may hold.

internal import Glibc

enum StandardError {
  /// Writes the line and a newline in one call, so that lines of several threads don't mix. There is nobody to tell of
  /// a failure.
  static func writeLine(_ line: String) {
    var text = line + "\n"
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = write(STDERR_FILENO, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
  }
}
