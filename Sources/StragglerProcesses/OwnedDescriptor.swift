// A file descriptor that is closed with its last owner.

internal import Glibc

/// Owns one open descriptor. Shared by reference, closed once.
final class OwnedDescriptor {
  let number: Int32

  /// Takes over a descriptor that is open and nobody else's.
  init(_ number: Int32) {
    precondition(number >= 0, "a descriptor to own must be open")
    self.number = number
  }

  deinit { close(number) }
}
