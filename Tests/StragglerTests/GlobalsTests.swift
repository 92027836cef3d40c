// What the module keeps for the whole process.

import Glibc
import Testing

@Suite struct GlobalsTests {
  /// swift_once takes a lock at each look on Linux (Swift 6.3.1), which a child may find taken for ever.
  @Test func `No state of the module is made by swift_once`() throws {
    let symbols = try namesInModule()
    #expect(symbols.contains { $0.hasPrefix("$s9Straggler7RuntimeC") }, "nm shows none of the module's symbols")
    // Wz: the token of a one-time initialization (swift/docs/ABI/Mangling.rst).
    #expect(symbols.filter { $0.hasSuffix("_Wz") } == [])
  }

  /// The mangled names in this executable that are of module Straggler, extensions of other modules' types included.
  private func namesInModule() throws -> [Substring] {
    let executable = try #require(realpath("/proc/self/exe", nil))
    defer { free(executable) }
    let listing = try #require(popen("nm '\(String(cString: executable))'", "r"))
    defer { pclose(listing) }
    var names: [Substring] = []
    var line: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { free(line) }
    while getline(&line, &room, listing) > 0, let text = line.map({ String(cString: $0) }) {
      guard let name = text.split(whereSeparator: \.isWhitespace).last else { continue }
      if name.contains(/(^|\D)9Straggler/) { names.append(name) }
    }
    return names
  }
}
