// The symbols of one ELF file, found by address.

/// Functions or objects of an ELF symbol table.
struct SymbolTable {
  struct Symbol {
    /// The linker's name, without the version that linkers append.
    var name: String
    var start: UInt64
    var size: UInt64
    /// Where its section ends: a symbol without a size reaches no further.
    var limit: UInt64
    var isGlobal: Bool
  }

  private let index: RangeIndex<Symbol>

  init(_ symbols: [Symbol]) {
    let starts = Set(symbols.map(\.start)).sorted()
    index = RangeIndex(
      symbols.compactMap { symbol in
        let end =
          symbol.size > 0
          ? symbol.start.addingReportingOverflow(symbol.size).partialValue
          : min(symbol.limit, Self.next(after: symbol.start, in: starts) ?? .max)
        return symbol.start < end ? (symbol.start..<end, symbol) : nil
      })
  }

  /// The symbol whose bytes contain the address, and how far inside it is; of several, the one that a program writes.
  func symbol(containing address: UInt64) -> (name: String, offset: UInt64)? {
    let candidates = index.all(at: address)
    guard let best = candidates.map(\.value).min(by: { $0.isPreferred(to: $1) }) else { return nil }
    return (best.name, address - best.start)
  }

  /// The first start behind one: where a symbol without a size ends.
  private static func next(after start: UInt64, in starts: [UInt64]) -> UInt64? {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= start { low = middle + 1 } else { high = middle }
    }
    return low < starts.count ? starts[low] : nil
  }
}

extension SymbolTable.Symbol {
  /// Of several names for an address: the one with a size, the smaller, the public one, the one with fewer leading
  /// underscores; else the first in the alphabet, so that the choice is always the same.
  fileprivate func isPreferred(to other: Self) -> Bool {
    if (size > 0) != (other.size > 0) { return size > 0 }
    if size != other.size { return size < other.size }
    if isGlobal != other.isGlobal { return isGlobal }
    let underscores = name.prefix { $0 == "_" }.count
    let others = other.name.prefix { $0 == "_" }.count
    return underscores == others ? name < other.name : underscores < others
  }
}
