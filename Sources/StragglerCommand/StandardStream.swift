// Writing to descriptors: everything or an error.

internal import Glibc

enum StandardStream {
  case output
  case error

  var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }

  /// Colours are for a terminal whose owner has not declined them (no-color.org: NO_COLOR, not empty).
  func wantsColour(environment: [String: String]) -> Bool {
    isatty(descriptor) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// - Throws: `CommandFailure`.
  func write(_ text: String) throws {
    try writeAll(text, to: descriptor, name: self == .output ? "standard output" : "standard error")
  }
}

/// Makes a reader that goes away, and a limit of file sizes, errors to be said and no signals to die of.
func ignoreSignalsOfWriting() {
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
}

/// Writes all of a text, however many calls it takes.
///
/// - Throws: `CommandFailure` that names the file.
func writeAll(_ text: String, to descriptor: Int32, name: String) throws {
  var text = text
  try text.withUTF8 { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, UnsafeRawPointer(bytes.baseAddress! + rest.startIndex), rest.count)
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Whoever shares the descriptor has made it non-blocking.
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
      } else if errno != EINTR {
        throw CommandFailure("\(name) can't be written: \(String(cString: strerror(errno)))")
      }
    }
  }
}
