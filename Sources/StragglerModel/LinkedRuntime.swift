// Language runtimes that an ELF file says it was built with.

/// A runtime whose locks make no library call while nobody else wants them.
public enum LinkedRuntime: Sendable, Hashable, Comparable {
  case go, rust
  /// Synchronization.Mutex, not the rest of that module: its atomics are no locks.
  case swiftMutex
}

extension Module {
  /// Whether it is the library that has what Synchronization.Mutex calls when it has to wait.
  public var isSwiftSynchronization: Bool {
    path.utf8.split(separator: UInt8(ascii: "/")).last?.starts(with: "libswiftSynchronization.so".utf8) ?? false
  }
}
