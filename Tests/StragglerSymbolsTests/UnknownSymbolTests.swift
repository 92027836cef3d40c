// What has no name stays without one: a wrong name is worse than none.

import Foundation
import StragglerModel
import Testing

@testable import StragglerSymbols

private let lockProgram = """
  // C
  #include "probe.h"
  #include <pthread.h>
  #include <stdlib.h>
  static pthread_mutex_t journal_lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t public_lock = PTHREAD_MUTEX_INITIALIZER;
  __attribute__((noinline)) static void append(void) {
    static int counter;
    pthread_mutex_lock(&journal_lock);
    probe_place("append");  // in append
    probe_object("counter", &counter);
    pthread_mutex_unlock(&journal_lock);
  }
  int main(void) {
    append();
    probe_object("journal", &journal_lock);
    probe_object("public", &public_lock);
    probe_object("heap", malloc(40));
    probe_object("libc", (void *)pthread_mutex_lock);
    int local;
    probe_object("stack", &local);
    probe_modules();
    return 0;
  }
  """

@Suite struct UnknownSymbolTests {
  private func program(_ flags: String = "-g -O1", after: String? = nil) throws -> ObservedProgram {
    try ObservedProgram(lockProgram, "gcc \(flags) program.c probe.o -o program", after: after)
  }

  private func frames(_ program: ObservedProgram, _ place: String = "append") throws -> [Frame] {
    let frame = try #require(program.frame(at: place))
    return Symbolizer(modules: program.modules).stacks([UnwoundStack(frames: [frame], complete: true)])[0].frames
  }

  @Test func `static locks have the names that the source gives them`() throws {
    let program = try program()
    defer { program.remove() }
    let symbolizer = Symbolizer(modules: program.modules)
    let journal = try #require(program.objects["journal"])
    #expect(symbolizer.dataSymbol(containing: journal) == "journal_lock")
    #expect(symbolizer.dataSymbol(containing: journal + 0x10) == "journal_lock+0x10")
    #expect(symbolizer.dataSymbol(containing: try #require(program.objects["public"])) == "public_lock")
    #expect(symbolizer.dataSymbol(containing: try #require(program.objects["counter"])) == "counter.0")
  }

  @Test func `heap, stack and code are no static objects`() throws {
    let program = try program()
    defer { program.remove() }
    let symbolizer = Symbolizer(modules: program.modules)
    for name in ["heap", "stack"] {
      #expect(symbolizer.dataSymbol(containing: try #require(program.objects[name])) == nil)
    }
    #expect(symbolizer.dataSymbol(containing: try #require(program.places["append"])) == nil)
    #expect(symbolizer.functionName(at: try #require(program.objects["journal"])) == nil)
  }

  @Test func `a function of several names has its public one`() throws {
    let program = try program()
    defer { program.remove() }
    let libc = try #require(program.objects["libc"])
    #expect(Symbolizer(modules: program.modules).functionName(at: libc + 4) == "pthread_mutex_lock")
  }

  @Test func `an address in no module has neither module nor function`() {
    let frame = UnwoundFrame(pc: 0x1234, isReturnAddress: false, cfa: nil, functionStart: nil, inferred: true)
    let stack = Symbolizer(modules: []).stacks([UnwoundStack(frames: [frame, frame], complete: false)])[0]
    #expect(stack.frames == [Frame(address: 0x1234, inferred: true), Frame(address: 0x1234, inferred: true)])
  }

  @Test func `without debug information the symbol table names the function`() throws {
    let program = try program("-O1")
    defer { program.remove() }
    let found = try frames(program)
    #expect(found.map(\.function) == ["append"] && found.map(\.line) == [nil] && found.map(\.file) == [nil])
  }

  @Test func `code between functions has no name`() throws {
    let program = try program("-g -O1")
    defer { program.remove() }
    let module = try #require(program.modules.first { $0.path == program.executable })
    let file = try #require(ElfFile(path: program.executable))
    // .plt is in front of .text: the nearest symbol below it is a function that it is no part of.
    let sections = try ObservedProgram.shell("objdump -h -w -j .plt program", in: program.folder)
    let words = try #require(sections.split(separator: "\n").first { $0.contains(" .plt ") }).split(separator: " ")
    let address = try #require(UInt64(words[3], radix: 16))
    #expect(file.code.contains(address))
    #expect(Symbolizer(modules: program.modules).functionName(at: module.bias + address + 16) == nil)
  }

  @Test func `a stripped program gives module and address, and no name`() throws {
    let program = try program(after: "cp program program.unstripped && strip program")
    defer { program.remove() }
    let found = try frames(program)
    #expect(found.count == 1 && found[0].function == nil && found[0].module == program.executable)
    let offset = String(try #require(found[0].moduleOffset), radix: 16)
    let place = try ObservedProgram.shell("addr2line -e program.unstripped 0x\(offset)", in: program.folder)
    let line = try #require(program.line(of: "// in append"))
    #expect(place.contains("program.c:\(line)"), "\(place)")
    let journal = try #require(program.objects["journal"])
    #expect(Symbolizer(modules: program.modules).dataSymbol(containing: journal) == nil)
  }

  @Test func `what was stripped is found beside the program by its link`() throws {
    let program = try program(
      after: "objcopy --only-keep-debug program program.debug && strip program"
        + " && objcopy --add-gnu-debuglink=program.debug program")
    defer { program.remove() }
    let found = try frames(program)
    #expect(found.map(\.function) == ["append"])
    #expect(found.first?.line == program.line(of: "// in append"))
    let journal = try #require(program.objects["journal"])
    #expect(Symbolizer(modules: program.modules).dataSymbol(containing: journal) == "journal_lock")
  }

  @Test func `what was stripped is found by build id, and only its own`() throws {
    let program = try program(after: "cp program program.whole && strip program")
    defer { program.remove() }
    let module = try #require(program.modules.first { $0.path == program.executable })
    let hex = module.buildID.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let place = program.folder + "/debug/.build-id/" + hex[0]
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let kept = place + "/" + hex.dropFirst().joined() + ".debug"
    try FileManager.default.copyItem(atPath: program.folder + "/program.whole", toPath: kept)
    let address = try #require(program.places["append"]) - 1 - module.bias
    let folder = program.folder + "/debug"
    #expect(ModuleSymbols(module, debugFolder: folder).frames(at: address).map(\.function) == ["append"])
    // Another build under this one's name is not believed.
    _ = try ObservedProgram.shell("gcc -g -O3 program.c probe.o -o \(kept)", in: program.folder)
    #expect(ModuleSymbols(module, debugFolder: folder).frames(at: address).isEmpty)
    #expect(ModuleSymbols(module, debugFolder: folder).function(at: address) == nil)
  }

  @Test func `a program that was built anew since has no names`() throws {
    let program = try program(after: "gcc -g -O0 program.c probe.o -o program.new && mv program.new program")
    defer { program.remove() }
    let found = try frames(program)
    #expect(found.count == 1 && found[0].function == nil && found[0].file == nil)
    #expect(found[0].module == program.executable)
    let journal = try #require(program.objects["journal"])
    #expect(Symbolizer(modules: program.modules).dataSymbol(containing: journal) == nil)
  }

  @Test func `a program whose file is gone has no names`() throws {
    let program = try program(after: "rm program")
    defer { program.remove() }
    let found = try frames(program)
    #expect(found.count == 1 && found[0].function == nil && found[0].module == program.executable)
  }

  @Test func `return addresses are looked up by the call, program counters by themselves`() throws {
    let program = try program()
    defer { program.remove() }
    let symbolizer = Symbolizer(modules: program.modules)
    let place = try #require(program.frame(at: "append"))
    let next = UnwoundFrame(pc: place.pc, isReturnAddress: false, cfa: nil, functionStart: nil, inferred: false)
    let stacks = symbolizer.stacks([
      UnwoundStack(frames: [place], complete: true), UnwoundStack(frames: [next], complete: true),
    ])
    let line = try #require(program.line(of: "// in append"))
    #expect(stacks[0].frames.map(\.line) == [line])
    #expect(stacks[1].frames.map(\.line) == [line + 1])
  }
}
