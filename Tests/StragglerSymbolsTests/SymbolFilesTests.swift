// Files that several processes have loaded are read once.

import Foundation
import StragglerModel
import Testing

@testable import StragglerSymbols

private let program = """
  // C
  #include "probe.h"
  __attribute__((noinline)) static void append(void) { probe_place("append"); }
  int main(void) {
    append();
    probe_modules();
    return 0;
  }
  """

@Suite struct SymbolFilesTests {
  private func function(in program: ObservedProgram, _ files: SymbolFiles) throws -> String? {
    Symbolizer(modules: program.modules, files: files).functionName(at: try #require(program.places["append"]))
  }

  private func compiled() throws -> ObservedProgram {
    try ObservedProgram(program, "gcc -g -O1 -fno-optimize-sibling-calls program.c probe.o -o program")
  }

  @Test func `a second process finds what the first one read, even where the file is gone`() throws {
    let program = try compiled()
    let files = SymbolFiles()
    #expect(try function(in: program, files) == "append")
    program.remove()
    #expect(try function(in: program, files) == "append")
    #expect(try function(in: program, SymbolFiles()) == nil)
  }

  @Test func `another build under the same path is another file`() throws {
    let program = try compiled()
    defer { program.remove() }
    let files = SymbolFiles()
    #expect(try function(in: program, files) == "append")
    var other = program
    for index in other.modules.indices where other.modules[index].path == program.executable {
      other.modules[index].buildID = [1, 2, 3]
    }
    #expect(try function(in: other, files) == nil)
  }

  @Test func `more files than are kept still have their names`() throws {
    let program = try compiled()
    defer { program.remove() }
    let files = SymbolFiles()
    let module = try #require(program.modules.first { $0.path == program.executable })
    for number in 0..<200 {
      _ = files.symbols(of: Module(path: "/nowhere/\(number)", bias: 0, range: 0..<1, buildID: module.buildID))
    }
    #expect(try function(in: program, files) == "append")
  }
}
