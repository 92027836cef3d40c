// The files that symbols were read from, kept for the next process that has loaded them, too.

internal import StragglerModel

/// Symbols of ELF files, shared by the symbolizers of several processes: a run of a thousand children reads libc's once.
///
/// It keeps at most `limit` files, for each has a descriptor open. Not to be used from two threads at a time.
public final class SymbolFiles {
  /// What tells one file from another; where it lies in memory is the process's matter.
  private struct Identity: Hashable {
    var path: String
    var buildID: [UInt8]
  }

  private static let limit = 128
  private var known: [Identity: ModuleSymbols] = [:]

  public init() {}

  /// The symbols of a module's file, read when they are first asked for.
  func symbols(of module: Module) -> ModuleSymbols {
    let identity = Identity(path: module.path, buildID: module.buildID)
    if let symbols = known[identity] { return symbols }
    // Whoever is still at work keeps its own references; it is not worth remembering who was used last.
    if known.count >= Self.limit { known.removeAll() }
    let symbols = ModuleSymbols(module)
    known[identity] = symbols
    return symbols
  }
}
