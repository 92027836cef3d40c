// Which processes of a run count, by the path of their executable.

internal import Glibc
internal import StragglerAnalysis

struct ProcessFilter: Equatable {
  /// Compilers, linkers, build and package tools: what a test run starts but nobody wants to hear of. One glob each.
  static let tools = [
    "ar", "as", "c++", "c++-[0-9]*", "cargo", "cc", "cc-[0-9]*", "cc1", "cc1plus", "ccache", "clang", "clang++",
    "clang-[0-9]*", "clang-cpp", "clangd", "cmake", "collect2", "cpp", "cpp-[0-9]*", "ctest", "docc", "dpkg", "dpkg-*",
    "g++", "g++-[0-9]*", "gcc", "gcc-*", "git", "git-*", "gmake", "go", "gold", "ld", "ld.*", "ld64.lld", "lld", "lldb",
    "lldb-*", "llvm-*", "lto-wrapper", "lto1", "make", "meson", "ninja", "nm", "objcopy", "objdump", "pip", "pip3",
    "pkg-config", "pkgconf", "ranlib", "rustc", "rustup", "strip", "swift", "swift-api-*", "swift-autolink-extract",
    "swift-backtrace*", "swift-build", "swift-build-*", "swift-cache-tool", "swift-demangle", "swift-driver",
    "swift-format", "swift-frontend", "swift-help", "swift-legacy-driver", "swift-package", "swift-package-*",
    "swift-plugin-server", "swift-run", "swift-sdk", "swift-symbolgraph-extract", "swift-synthesize-interface",
    "swift-test", "swiftc", "swiftc-*", "x86_64-linux-gnu-*",
  ]

  /// Where not empty, only these count, and a tool that is named here counts, too.
  var only: [String] = []
  /// These never count.
  var ignored: [String] = []

  /// - Parameter executable: the path of the process's executable.
  func counts(_ executable: String) -> Bool { reasonNotToCount(executable) == nil }

  /// - Returns: nil where the process counts.
  func reasonNotToCount(_ executable: String) -> Uncounted? {
    func isNamed(in globs: [String]) -> Bool { globs.contains { Self.matches($0, executable) } }
    if isNamed(in: ignored) { return .ignore }
    if only.isEmpty { return isNamed(in: Self.tools) ? .tool : nil }
    return isNamed(in: only) ? nil : .only
  }

  /// fnmatch(3), on the whole path and on its last component.
  static func matches(_ glob: String, _ path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return fnmatch(glob, path, 0) == 0 || fnmatch(glob, name, 0) == 0
  }
}
