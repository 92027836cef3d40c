// Functions, inlined calls and lines of C and C++ programs, by several compilers and versions of DWARF.

import StragglerModel
import Testing

@testable import StragglerSymbols

private let inliningProgram = """
  // C
  #include "probe.h"
  static inline __attribute__((always_inline)) void take_lock(void) {
    probe_place("deep");  // in take_lock
  }
  static inline __attribute__((always_inline)) void write_entry(void) {
    take_lock();  // in write_entry
  }
  __attribute__((noinline)) void append(int value) {
    if (value > 1) {
      write_entry();  // in append
    }
    __asm__ volatile("");
  }
  __attribute__((noinline)) static void plain(void) {
    probe_place("plain");  // in plain
    __asm__ volatile("");
  }
  int main(int count, char **arguments) {
    append(count + 1);
    plain();
    probe_modules();
    return 0;
  }
  """

@Suite struct CFunctionTests {
  @Test(arguments: [
    "gcc -g -O0", "gcc -g -O2", "gcc -gdwarf-4 -O2", "gcc -gdwarf-3 -gstrict-dwarf -O2", "gcc -g -gdwarf64 -O2",
    "gcc -g -O2 -gz", "gcc -g -O2 -no-pie", "clang -g -O2", "clang -gdwarf-4 -O1", "gcc -g -O2 -ffunction-sections",
  ])
  func `an inlined call is a frame of its own, before the one it was inlined into`(compiler: String) throws {
    let program = try ObservedProgram(inliningProgram, "\(compiler) program.c probe.o -o program")
    defer { program.remove() }
    let symbolizer = Symbolizer(modules: program.modules)
    let frame = try #require(program.frame(at: "deep"))
    let stack = symbolizer.stacks([UnwoundStack(frames: [frame], complete: true)])[0]
    #expect(stack.complete)
    #expect(stack.frames.map(\.function) == ["take_lock", "write_entry", "append"])
    #expect(stack.frames.map(\.inlined) == [true, true, false])
    let lines = ["in take_lock", "in write_entry", "in append"].map { program.line(of: "// \($0)") }
    #expect(stack.frames.map(\.line) == lines)
    #expect(stack.frames.allSatisfy { $0.file == program.sourceFile && $0.module == program.executable })
    #expect(stack.frames.allSatisfy { $0.address == frame.pc && !$0.inferred })
    #expect(stack.frames.map(\.mangledFunction) == ["take_lock", "write_entry", "append"])
  }

  @Test(arguments: ["gcc -g -O2", "clang -g -O0"])
  func `a call that is not inlined is one frame, with line and column`(compiler: String) throws {
    let program = try ObservedProgram(inliningProgram, "\(compiler) program.c probe.o -o program")
    defer { program.remove() }
    let symbolizer = Symbolizer(modules: program.modules)
    let frame = try #require(program.frame(at: "plain"))
    let found = symbolizer.stacks([UnwoundStack(frames: [frame], complete: false)])[0]
    #expect(!found.complete && found.frames.count == 1)
    #expect(found.frames.first?.function == "plain" && found.frames.first?.column == 3)
    #expect(found.frames.first?.line == program.line(of: "// in plain"))
    #expect(symbolizer.functionName(at: frame.lookupAddress) == "plain")
  }
}
