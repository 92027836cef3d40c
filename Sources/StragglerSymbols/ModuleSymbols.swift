// What is known of one loaded ELF file: its symbols and its debug information, each read when first asked for.

internal import CLibelf
internal import Glibc
internal import StragglerModel

/// The symbols of one module, in the addresses of its file. A file that is gone, or was replaced since the program
/// loaded it, has none: a name from another build would be a wrong name.
final class ModuleSymbols {
  private let file: ElfFile?
  /// What was stripped from the file, where it was kept.
  private let debugFile: ElfFile?
  private let isSwiftSynchronization: Bool
  private lazy var dwarf = makeDwarfReader()
  private lazy var functions = table(ofTypes: [Int32(STT_FUNC), Int32(STT_GNU_IFUNC)])
  private lazy var objects = table(ofTypes: [Int32(STT_OBJECT), Int32(STT_COMMON)])

  /// - Parameter debugFolder: where the system keeps what was stripped from its files.
  init(_ module: Module, debugFolder: String = "/usr/lib/debug") {
    isSwiftSynchronization = module.isSwiftSynchronization
    let file = ElfFile(path: module.path)
    guard let file, module.buildID.isEmpty || module.buildID == file.buildID else {
      self.file = nil
      debugFile = nil
      return
    }
    self.file = file
    debugFile = Self.debugFile(of: file, path: module.path, debugFolder: debugFolder)
  }

  /// Whether the file is the one that the program had loaded, so that what it does not say is not there.
  var isKnown: Bool { file != nil }

  /// The functions at an address, innermost first, as the debug information has them.
  func frames(at address: UInt64) -> [SourceFrame] { dwarf?.frames(at: address) ?? [] }

  /// The function whose code contains the address, by its linker name.
  func function(at address: UInt64) -> String? { functions.symbol(containing: address)?.name }

  /// The static object that contains the address, by its linker name, and how far inside it is.
  func object(at address: UInt64) -> (name: String, offset: UInt64)? { objects.symbol(containing: address) }

  /// Told by what survives stripping: compilers sign their work in .comment, Go's linker adds notes of its own.
  private(set) lazy var runtimes: Set<LinkedRuntime> = {
    guard let file else { return [] }
    var found: Set<LinkedRuntime> = []
    if String(decoding: file.bytes(ofSection: ".comment"), as: UTF8.self).contains("rustc version ") {
      found.insert(.rust)
    }
    if file.hasSection(".go.buildinfo") || file.hasSection(".note.go.buildid") { found.insert(.go) }
    if hasSwiftMutex(file) { found.insert(.swiftMutex) }
    return found
  }()

  /// A lock is inlined, but not what it calls where it has to wait: the loader's table has that. A program with Swift's libraries
  /// in itself has the type's name instead, and may have it without any use.
  private func hasSwiftMutex(_ file: ElfFile) -> Bool {
    guard !isSwiftSynchronization else { return false }
    let loaded = file.bytes(ofSection: ".dynstr")
    if loaded.hasText("$s15Synchronization12_MutexHandleV") { return true }
    guard file.hasSection("swift5_type_metadata"), !loaded.hasText("libswiftCore.so") else { return false }
    return file.bytes(ofSection: ".rodata").hasText("_MutexHandle\0")
  }

  private func makeDwarfReader() -> DwarfReader? {
    guard let file else { return nil }
    let source = [file, debugFile].compactMap { $0 }.first { $0.hasSection(".debug_info") }
    return source.map { DwarfReader(DwarfSections($0.bytes(ofSection:)), code: file.code) }
  }

  private func table(ofTypes types: Set<Int32>) -> SymbolTable {
    let source = [file, debugFile].compactMap { $0 }.first { $0.hasSection(".symtab") } ?? file
    return SymbolTable(source?.symbols(ofTypes: types) ?? [])
  }

  /// Found by build id, or by the name in .gnu_debuglink; believed only if its build id is the file's.
  private static func debugFile(of file: ElfFile, path: String, debugFolder: String) -> ElfFile? {
    guard !file.hasSection(".debug_info"), let first = file.buildID.first else { return nil }
    let rest = file.buildID.dropFirst().map(hex).joined()
    var places = ["\(debugFolder)/.build-id/\(hex(first))/\(rest).debug"]
    if let link = file.debugLink, let slash = path.lastIndex(of: "/") {
      let folder = path[..<slash]
      places += ["\(folder)/\(link)", "\(folder)/.debug/\(link)", "\(debugFolder)\(folder)/\(link)"]
    }
    for place in places where place != path {
      if let found = ElfFile(path: place), found.buildID == file.buildID { return found }
    }
    return nil
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}

extension [UInt8] {
  /// By memchr, which is fast in files that have hundreds of megabytes.
  fileprivate func hasText(_ text: StaticString) -> Bool {
    withUnsafeBytes { bytes in
      var rest = bytes[...]
      while rest.count >= text.utf8CodeUnitCount {
        let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress!
        guard let found = memchr(start, Int32(text.utf8Start.pointee), rest.count) else { return false }
        rest = rest.dropFirst(UnsafeRawPointer(found) - start)
        guard rest.count >= text.utf8CodeUnitCount else { return false }
        if memcmp(found, text.utf8Start, text.utf8CodeUnitCount) == 0 { return true }
        rest = rest.dropFirst()
      }
      return false
    }
  }
}
