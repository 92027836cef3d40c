// Addresses of an observed process, with names and source.

public import StragglerModel

/// Finds function, file, line and variable for addresses of one process, by the ELF files that it had loaded.
///
/// What is not known stays nil: an address in no module, a file without symbols, a file that is gone or was replaced
/// since (told by its build id). Files are read when an address first falls into them, and every address is looked up
/// once. Not to be used from two threads at a time.
public final class Symbolizer {
  private let modules: [Module]
  private let modulesByAddress: RangeIndex<Int>
  private let files: SymbolFiles
  private var symbols: [Int: ModuleSymbols] = [:]
  private var known: [UInt64: [Frame]] = [:]

  /// - Parameter files: what other processes' symbolizers have read already.
  public init(modules: [Module], files: SymbolFiles = SymbolFiles()) {
    self.modules = modules
    self.files = files
    modulesByAddress = RangeIndex(modules.enumerated().map { (range: $0.element.range, value: $0.offset) })
  }

  /// The same stacks, with their source. An inlined call is a frame of its own, before the one it was inlined into;
  /// all frames of one address have the address and the `inferred` of the frame that they come from.
  public func stacks(_ stacks: [UnwoundStack]) -> [Stack] {
    stacks.map { stack in
      Stack(
        complete: stack.complete,
        frames: stack.frames.flatMap { unwound in
          frames(at: unwound.lookupAddress).map { known in
            var frame = known
            frame.address = unwound.pc
            frame.inferred = unwound.inferred
            return frame
          }
        })
    }
  }

  /// The name of the static object that contains an address, with "+0x10" where the address is that far inside it;
  /// nil where there is none, as for the heap and for stacks.
  public func dataSymbol(containing address: UInt64) -> String? {
    guard let (symbols, inFile, _) = home(of: address), let (name, offset) = symbols.object(at: inFile) else {
      return nil
    }
    let readable = Demangling.readable(name)
    return offset == 0 ? readable : "\(readable)+0x\(String(offset, radix: 16))"
  }

  /// The language runtimes that the process's files were built with. Of a file that is gone, or was replaced, nobody knows whether
  /// it has no use for a library that is loaded.
  public func runtimes() -> Set<LinkedRuntime> {
    var runtimes: Set<LinkedRuntime> = modules.reduce(into: []) { $0.formUnion(files.symbols(of: $1).runtimes) }
    if modules.contains(where: \.isSwiftSynchronization),
      modules.contains(where: { $0.path.hasPrefix("/") && !files.symbols(of: $0).isKnown })
    {
      runtimes.insert(.swiftMutex)
    }
    return runtimes
  }

  /// The function whose code contains an address, readable; nil where none is known.
  public func functionName(at address: UInt64) -> String? { frames(at: address).last?.function }

  /// The frames of one address, innermost first; at least one.
  private func frames(at address: UInt64) -> [Frame] {
    if let frames = known[address] { return frames }
    let frames = lookUp(address)
    known[address] = frames
    return frames
  }

  private func lookUp(_ address: UInt64) -> [Frame] {
    guard let (symbols, inFile, path) = home(of: address) else { return [Frame(address: address)] }
    let linkerName = symbols.function(at: inFile)
    var sources = symbols.frames(at: inFile)
    if sources.isEmpty { sources = [SourceFrame(function: nil, location: nil, inlined: false)] }
    return sources.map { source in
      // The symbol table knows the host alone; for what is inlined there is only the debug information's name.
      let name = source.inlined ? source.function : hostName(linker: linkerName, debug: source.function)
      return Frame(
        function: name.map(Demangling.readable),
        mangledFunction: source.inlined ? source.function : linkerName ?? source.function,
        file: source.location?.file, line: source.location?.line, column: source.location?.column,
        module: path, address: address, moduleOffset: inFile, inlined: source.inlined)
    }
  }

  /// Of both names of a function, the one that its source has. Of several symbols the table has the public one
  /// (`pthread_mutex_lock`, where libc's source says `___pthread_mutex_lock`); but its names of functions that the
  /// compiler cloned or split ("append.part.0") are nobody's.
  private func hostName(linker: String?, debug: String?) -> String? {
    guard let linker, !linker.contains(".") else { return debug ?? linker }
    return linker
  }

  /// The module that an address lies in, and the address as the module's file has it.
  private func home(of address: UInt64) -> (ModuleSymbols, inFile: UInt64, path: String)? {
    guard let index = modulesByAddress.innermost(at: address) else { return nil }
    let module = modules[index]
    let found = symbols[index] ?? files.symbols(of: module)
    symbols[index] = found
    return (found, address &- module.bias, module.path)
  }
}
