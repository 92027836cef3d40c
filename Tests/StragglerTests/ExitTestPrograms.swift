// What the programs of exit tests share.

import Glibc
import Testing

/// Writes a line to standard output at once, past stdio's buffer.
func say(_ line: String) {
  var text = line + "\n"
  text.withUTF8 { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

/// Ends a process that waits for ever: not soon, since the programs of all tests run side by side. The threads of a task
/// pool block signals, and hand that down to it.
func endIfStuck() {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGALRM)
  pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  alarm(600)
}

/// Makes signals what they are in a program of its own: the pool threads that run tests block them, which new threads
/// inherit, and a shell's background jobs ignore SIGINT.
func takeSignals() {
  signal(SIGINT, SIG_DFL)
  signal(SIGTERM, SIG_DFL)
  var none = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, nil)
}

extension Task where Success == Never, Failure == Never {
  /// Keeps the main body of a program waiting until another thread ends the process.
  static func parked() async {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
  }
}

extension ExitTest.Result {
  /// The lines of standard output.
  var lines: [String] {
    String(decoding: standardOutputContent, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  var errorText: String {
    String(decoding: standardErrorContent, as: UTF8.self)
  }
}
