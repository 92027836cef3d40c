// Linker names as a person writes them.

// With a static standard library Runtime's own references to Glibc are resolved only if somebody imports it.
internal import Glibc
internal import Runtime

enum Demangling {
  /// `Journal.append(_:)` for Swift, `Journal::append(int)` for C++, `journal::append` for Rust; any other name unchanged.
  static func readable(_ name: String) -> String {
    if let rust = RustDemangling.readable(name) { return rust }
    guard name.hasPrefix("$s") || name.hasPrefix("$S") || name.hasPrefix("_Z") || name.hasPrefix("_T") else {
      return name
    }
    let symbol = SymbolicatedBacktrace.Symbol(
      imageIndex: 0, imageName: "", rawName: name, offset: 0, sourceLocation: nil)
    // A closure in top-level code has no name to be in.
    let readable = LegacyRustName.readable(symbol.name) ?? symbol.name
    return readable.hasSuffix(" in ") ? String(readable.dropLast(4)) : readable
  }
}
