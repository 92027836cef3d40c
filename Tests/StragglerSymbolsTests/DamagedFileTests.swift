// Damaged, cut and foreign files: fewer names, never a trap.

import Foundation
import StragglerModel
import TestSupport
import Testing

@testable import StragglerSymbols

private let smallProgram = """
  // C
  #include "probe.h"
  static int object;
  static inline __attribute__((always_inline)) void inner(void) { probe_place("place"); }
  __attribute__((noinline)) static void outer(int count) { if (count) inner(); __asm__ volatile(""); }
  int main(int count, char **arguments) {
    outer(count);
    probe_object("object", &object);
    probe_modules();
    return 0;
  }
  """

/// Deterministic: a failure can be repeated. (Steele, Lea, Flood: "Fast splittable pseudorandom number generators".)
extension SplitMix64 {
  /// A byte that tends to make lengths, counts and forms go wrong.
  mutating func damage() -> UInt8 {
    let values: [UInt8] = [0, 1, 0x16, 0x7F, 0x80, 0xFE, 0xFF]
    return Bool.random(using: &self) ? values.randomElement(using: &self)! : UInt8.random(in: 0...255, using: &self)
  }
}

@Suite struct DamagedFileTests {
  private static let names = [
    ".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".debug_line_str", ".debug_str_offsets",
    ".debug_addr", ".debug_ranges", ".debug_rnglists",
  ]

  @Test(arguments: ["gcc -g -O2", "gcc -gdwarf-3 -O2", "clang -g -O2", "clang -gdwarf-4 -O2"])
  func `damaged debug information is passed over`(compiler: String) throws {
    let program = try ObservedProgram(smallProgram, "\(compiler) program.c probe.o -o program")
    defer { program.remove() }
    let file = try #require(ElfFile(path: program.executable))
    let module = try #require(program.modules.first { $0.path == program.executable })
    let address = try #require(program.places["place"]) - 1 - module.bias
    let valid = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, file.bytes(ofSection: $0)) })
    let whole = DwarfReader(DwarfSections { valid[$0] ?? [] }, code: file.code).frames(at: address)
    #expect(whole.map(\.function) == ["inner", "outer"])

    var random = SplitMix64(state: 1)
    var unharmed = 0
    let filled = Self.names.filter { valid[$0]?.isEmpty == false }
    for _ in 0..<4_000 {
      var damaged = valid
      let name = try #require(filled.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<(damaged[name]?.count ?? 1), using: &random)
        damaged[name]?[place] = random.damage()
      }
      if Int.random(in: 0..<8, using: &random) == 0 {
        damaged[name]?.removeLast(Int.random(in: 0..<16, using: &random))
      }
      let frames = DwarfReader(DwarfSections { damaged[$0] ?? [] }, code: file.code).frames(at: address)
      if frames.map(\.function) == ["inner", "outer"] { unharmed += 1 }
    }
    // Both must have happened, or nothing was tried.
    #expect(unharmed > 400 && unharmed < 3_900)
  }

  @Test func `damaged ELF files give fewer names`() throws {
    let program = try ObservedProgram(smallProgram, "gcc -g -O2 program.c probe.o -o program")
    defer { program.remove() }
    var module = try #require(program.modules.first { $0.path == program.executable })
    let code = try #require(program.places["place"]) - 1 - module.bias
    let data = try #require(program.objects["object"]) - module.bias
    let valid = [UInt8](try Data(contentsOf: URL(filePath: program.executable)))
    module.path = program.folder + "/damaged"
    module.buildID = []
    var random = SplitMix64(state: 2)
    var named = 0
    for round in 0..<1_500 {
      var damaged = valid
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        // The file header and the section headers, which stand at the end, decide most.
        let place = [
          Int.random(in: 0..<1024, using: &random), valid.count - 1 - Int.random(in: 0..<2500, using: &random),
          Int.random(in: 0..<valid.count, using: &random),
        ][round % 3]
        damaged[place] = random.damage()
      }
      if round % 10 == 0 { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
      try Data(damaged).write(to: URL(filePath: module.path))
      let symbols = ModuleSymbols(module)
      _ = symbols.object(at: data)
      _ = symbols.frames(at: code)
      if symbols.function(at: code) == "outer" { named += 1 }
    }
    #expect(named > 100 && named < 1_490)
  }

  @Test(arguments: ["", "#!/bin/sh\n", "\u{7F}ELF", "\u{7F}ELF\u{2}\u{1}\u{1}"])
  func `what is no ELF file has no symbols`(text: String) throws {
    let path = NSTemporaryDirectory() + "no-elf-" + UUID().uuidString
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let module = Module(path: path, bias: 0, range: 0..<4096, buildID: [])
    let symbolizer = Symbolizer(modules: [module])
    #expect(symbolizer.functionName(at: 16) == nil && symbolizer.dataSymbol(containing: 16) == nil)
  }

  @Test func `a fifo and a folder under a module's name have no symbols`() throws {
    let folder = NSTemporaryDirectory() + "fifo-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(mkfifo(folder + "/fifo", 0o600) == 0)
    for path in [folder, folder + "/fifo"] {
      let symbolizer = Symbolizer(modules: [Module(path: path, bias: 0, range: 0..<4096, buildID: [])])
      #expect(symbolizer.functionName(at: 16) == nil)
    }
  }

  @Test func `numbers of any length are read, and none beyond the end`() throws {
    var cursor = try ByteCursor([0xE5, 0x8E, 0x26, 0x7F, 0x80, 0x01] + [UInt8](repeating: 0xFF, count: 20))
    #expect(try cursor.unsignedLEB() == 624_485)
    #expect(try cursor.signedLEB() == -1)
    #expect(try cursor.unsignedLEB() == 128)
    #expect(throws: DwarfError.self) { _ = try cursor.unsignedLEB() }
    var long = try ByteCursor([UInt8](repeating: 0xFF, count: 11) + [0x7F, 9])
    #expect(try long.unsignedLEB() == .max)
    #expect(try long.byte() == 9)
    #expect(throws: DwarfError.self) { _ = try long.byte() }
    #expect(throws: DwarfError.self) { _ = try ByteCursor([1, 2], at: 3) }
  }
}
