// A function's name without what another build gives it.

internal import StragglerModel

extension Frame {
  /// The linker's name, for it tells overloads apart; nil where no name is known.
  var lastingFunction: String? { mangledFunction.map(lasting) ?? function }
}

/// Cuts off what a compiler appends to a name that it made another function of (`.constprop.0`, `.llvm.` and a number made from the
/// file's path), and what Rust makes from the compiler's version and the crate's folder (`17h` and 16 digits).
private func lasting(_ name: String) -> String {
  let marks = [".constprop", ".isra", ".part", ".cold", ".lto_priv", ".llvm."]
  let cut = marks.compactMap { name.firstRange(of: $0)?.lowerBound }.min() ?? name.endIndex
  let kept = name[..<cut]
  guard kept.hasPrefix("_ZN"), kept.hasSuffix("E") else { return String(kept) }
  let hash = kept.dropLast().suffix(19)
  guard hash.hasPrefix("17h"), hash.dropFirst(3).utf8.allSatisfy(isHexadecimal) else { return String(kept) }
  return kept.dropLast(20) + "E"
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
