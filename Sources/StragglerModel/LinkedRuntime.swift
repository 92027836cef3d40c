// Language runtimes that an ELF file says it was built with.

/// A runtime whose locks make no library call while nobody else wants them.
public enum LinkedRuntime: Sendable, Hashable, Comparable {
  case go, rust
}
