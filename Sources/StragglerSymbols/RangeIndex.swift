// Address ranges with something known about each, found by address.

/// Ranges that may overlap and nest, as functions and units do.
struct RangeIndex<Value> {
  private var entries: [(range: Range<UInt64>, value: Value)]
  /// At each entry, the greatest end of it and of those before it: how far back a search must look.
  private var greatestEnds: [UInt64] = []

  init(_ entries: [(range: Range<UInt64>, value: Value)]) {
    self.entries = entries.sorted { $0.range.lowerBound < $1.range.lowerBound }
    greatestEnds.reserveCapacity(entries.count)
    var greatest: UInt64 = 0
    for entry in self.entries {
      greatest = max(greatest, entry.range.upperBound)
      greatestEnds.append(greatest)
    }
  }

  /// What is known of the smallest range that contains the address.
  func innermost(at address: UInt64) -> Value? {
    all(at: address).first?.value
  }

  /// Every range that contains the address, the smallest first.
  func all(at address: UInt64) -> [(range: Range<UInt64>, value: Value)] {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].range.lowerBound <= address { low = middle + 1 } else { high = middle }
    }
    var found: [(range: Range<UInt64>, value: Value)] = []
    while low > 0, greatestEnds[low - 1] > address {
      low -= 1
      if entries[low].range.contains(address) { found.append(entries[low]) }
    }
    return found.sorted { $0.range.length < $1.range.length }
  }
}

extension Range<UInt64> {
  /// `count` is an Int, and traps for a damaged file's half of the address space.
  var length: UInt64 { upperBound - lowerBound }
}
