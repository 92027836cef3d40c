// Which frames of a stack are the program's own, which are a library's, which are this tool's.

public import StragglerModel

extension Frame {
  /// Written for this program: neither a system library's, nor a language runtime's, nor this tool's.
  ///
  /// Told by the module, and, because a statically linked runtime lives in the program's own file, by the linker's
  /// name.
  public var isProgramOwn: Bool {
    guard let module, !isTool, !isOfLibraryHeader, !isOfSanitizer else { return false }
    let file = lastComponent(module)
    guard !Self.systemModules.contains(where: file.hasPrefix) else { return false }
    let symbol = mangledFunction ?? function ?? ""
    guard !Self.runtimeNames.contains(where: (function ?? "").hasPrefix) else { return false }
    return symbol != "_start" && !Self.runtimeSymbols.contains(where: symbol.hasPrefix)
  }

  /// Of the recorder, or of the thread runtime: nothing that a reader can mend.
  public var isTool: Bool {
    if isRecorder { return true }
    return (mangledFunction ?? "").hasPrefix("$s9Straggler")
  }

  /// Compiled into the program from a language's library: C++'s wrappers around what C offers, Rust's standard library.
  var isOfLibraryHeader: Bool {
    guard let file else { return false }
    return file.hasPrefix("/usr/include/") || file.contains("/include/c++/") || isOfRustLibrary(file)
  }

  /// Rust's own libraries, under the path that they were built at, or that the toolchain keeps them at.
  private func isOfRustLibrary(_ file: String) -> Bool {
    file.hasPrefix("/rustc/") || file.contains("/rustlib/src/rust/library/")
  }

  /// Of a sanitizer's runtime, which stands in for libc's entry points: in a library of its own (gcc's), or in the program's
  /// file (clang's), where it is told by its sources' folder and, without debug information, by its names.
  var isOfSanitizer: Bool {
    if let module, Self.sanitizerModules.contains(where: lastComponent(module).hasPrefix) { return true }
    if let file, file.contains("/compiler-rt/lib/") || file.contains("/libsanitizer/") { return true }
    let symbol = mangledFunction ?? function ?? ""
    if Self.sanitizerSymbols.contains(where: symbol.drop { $0 == "_" }.hasPrefix) { return true }
    return symbol.hasPrefix("_Z") && Self.sanitizerNamespaces.contains(where: symbol.contains)
  }

  /// Of the recorder, which stands in for libc's entry points: linked into the program it has their names there, and
  /// is told by its source files where the program has debug information.
  var isRecorder: Bool {
    guard let module else { return false }
    let file = lastComponent(module)
    if file.hasPrefix("libStragglerPreload.so") { return true }
    if self.file?.contains("Sources/CStraggler") ?? false { return true }
    let symbol = mangledFunction ?? function ?? ""
    if symbol.hasPrefix("straggler_") { return true }
    return symbol.hasPrefix("pthread_") && !Self.systemModules.contains(where: file.hasPrefix)
  }

  private static let systemModules = [
    "libc.so", "libc-", "libpthread", "libm.so", "libdl.so", "librt.so", "ld-linux", "ld-2", "linux-vdso", "[vdso]",
    "libstdc++", "libc++", "libgcc_s", "libunwind", "libFoundation", "lib_Foundation", "libdispatch",
    "libBlocksRuntime", "libswift", "lib_swift", "libicu",
  ]

  private static let sanitizerModules = ["libasan.so", "libtsan.so", "liblsan.so", "libubsan.so", "libclang_rt."]
  /// After any number of underscores.
  private static let sanitizerSymbols = [
    "interceptor_", "sanitizer_", "asan_", "tsan_", "lsan_", "msan_", "ubsan_", "hwasan_",
  ]
  /// As they are mangled.
  private static let sanitizerNamespaces = [
    "11__sanitizer", "6__asan", "6__tsan", "6__lsan", "6__msan", "7__ubsan", "8__hwasan", "__interceptor_",
    "_asan_thread_start",
  ]

  /// As they are read: Rust's newer linker names have the path in their middle.
  private static let runtimeNames = ["std::", "core::", "alloc::", "<std::", "<core::", "<alloc::"]

  private static let runtimeSymbols = [
    "$ss", "$sSc", "$s10Foundation", "$s20FoundationEssentials", "$s8Dispatch", "$s15Synchronization", "swift_",
    "_swift_", "dispatch_", "_dispatch_", "_ZSt", "_ZNSt", "_ZNKSt", "_ZN9__gnu_cxx", "_ZN5swift",
    "_ZN3std", "_ZN4core", "_ZN5alloc", "__rust_",
  ]
}

extension Stack {
  /// Without what the reader can't mend: the recorder's frames, wherever they stand in for libc's, and the thread
  /// runtime's, a sanitizer's and a C++ library's wrappers before the first frame of another's.
  func trimmed() -> Stack {
    let others = frames.filter { !$0.isRecorder }
    let kept = others.drop { $0.isTool || $0.isOfLibraryHeader || $0.isOfSanitizer }
    return Stack(complete: complete, frames: kept.isEmpty ? others : Array(kept))
  }

  /// The functions of the program among the frames that were recorded, innermost first.
  var recordedProgramFunctions: [String] {
    frames.filter { !$0.inferred && $0.isProgramOwn }.compactMap(\.lastingFunction)
  }

  /// A main thread that has nothing left to do: given to dispatch (an async Swift main), or ended by pthread_exit.
  var isParkedMain: Bool {
    frames.contains { frame in
      let names = [frame.mangledFunction, frame.function].compactMap { $0 }
      return names.contains { Self.isParkingFunction($0) }
    }
  }

  /// Symbol versions ("pthread_exit@@GLIBC_2.2.5") and leading underscores don't make another function.
  private static func isParkingFunction(_ name: String) -> Bool {
    let bare = name.prefix { $0 != "@" && $0 != "(" && $0 != " " }.drop { $0 == "_" }
    return ["dispatch_main", "dispatch_sigsuspend", "pthread_exit"].contains(String(bare))
      || bare.hasPrefix("swift_task_asyncMainDrainQueue")
  }
}
