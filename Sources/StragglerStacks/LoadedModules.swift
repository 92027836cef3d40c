// The modules of one observed process: which one an address lies in, its unwind entries, its unchanging bytes.

internal import StragglerModel

/// Finds code and constants by their addresses in the observed process, in the files that it had loaded. Files are
/// opened when they are first asked for, and everything found is kept.
final class LoadedModules {
  /// What the unwind tables say of a procedure. Addresses are the process's.
  struct Procedure {
    var range: Range<UInt64>
    /// Of its unwind table entry.
    var entry: UInt64
    var isSignalFrame: Bool
  }

  private enum Contents {
    case unopened
    case opened(ELFImage, UnwindIndex)
    /// Gone, replaced by another, or no ELF file.
    case unusable
  }

  private var modules: [Module]
  private var contents: [Contents]
  private var procedures: [UInt64: Procedure?] = [:]

  init(_ modules: [Module]) {
    self.modules = modules.sorted { $0.range.lowerBound < $1.range.lowerBound }
    self.contents = Array(repeating: .unopened, count: modules.count)
  }

  /// The procedure that covers `address`; nil where no unwind table speaks of it.
  func procedure(at address: UInt64) -> Procedure? {
    if let known = procedures[address] { return known }
    let found = find(address)
    procedures[address] = .some(found)
    return found
  }

  /// The 8 bytes at `address` in a loaded file. What the program could have changed is not known, except for the
  /// tables' own needs (`ofTable`): a personality routine's pointer stands in memory that the loader relocates.
  func word(at address: UInt64, ofTable: Bool) -> UInt64? {
    guard let index = index(of: address), let (image, _) = open(index) else { return nil }
    return image.word(at: address &- modules[index].bias, includingWritable: ofTable)
  }

  private func find(_ address: UInt64) -> Procedure? {
    guard let index = index(of: address), let (_, table) = open(index) else { return nil }
    let bias = modules[index].bias
    guard let entry = table.entry(covering: address &- bias) else { return nil }
    let start = entry.range.lowerBound &+ bias
    let (end, overflow) = start.addingReportingOverflow(entry.range.upperBound - entry.range.lowerBound)
    guard !overflow else { return nil }
    return Procedure(range: start..<end, entry: entry.address &+ bias, isSignalFrame: entry.isSignalFrame)
  }

  /// The module whose range has `address` in it. A process has some dozen to some hundred of them.
  private func index(of address: UInt64) -> Int? {
    var low = 0
    var high = modules.count
    while low < high {
      let middle = (low + high) / 2
      if modules[middle].range.lowerBound > address { high = middle } else { low = middle + 1 }
    }
    return low > 0 && modules[low - 1].range.contains(address) ? low - 1 : nil
  }

  private func open(_ index: Int) -> (ELFImage, UnwindIndex)? {
    if case .unopened = contents[index] {
      let module = modules[index]
      let image =
        module.path == ELFImage.vdsoName
        ? ELFImage.vdso(buildID: module.buildID) : ELFImage(path: module.path, buildID: module.buildID)
      contents[index] = image.map { .opened($0, UnwindIndex($0)) } ?? .unusable
    }
    guard case .opened(let image, let table) = contents[index] else { return nil }
    return (image, table)
  }
}
