// Nothing is believed of files and captures that are missing, replaced, cut short or garbled.

import Foundation
import StragglerModel
import StragglerStacks
import TestSupport
import Testing

@Suite struct DamageTests {
  private let run: ShapeRun
  private var output: ProbeOutput { run.output }

  init() throws {
    run = try ShapeRun(.named("helper.c"), Shape.Build(compiler: "gcc", options: ["-O2", "-fomit-frame-pointer"]))
  }

  @Test("a module whose file is gone gives the program counter alone")
  func goneFile() {
    let stack = unwinder(programAt: run.executable + "-gone").unwind(output.acquisition)
    expectAlone(stack)
  }

  @Test("a file with another build id is not used")
  func replacedFile() {
    let modules = output.modules.map { module in
      var module = module
      if module.path == run.executable { module.buildID = module.buildID.map { ~$0 } }
      return module
    }
    expectAlone(StackUnwinder(modules: modules).unwind(output.acquisition))
  }

  @Test("a module without a build id is read all the same")
  func noBuildID() {
    let modules = output.modules.map { Module(path: $0.path, bias: $0.bias, range: $0.range, buildID: []) }
    let stack = StackUnwinder(modules: modules).unwind(output.stop)
    #expect(stack.complete)
    #expect(difference(of: stack.frames, from: output.stopTruth) == nil)
  }

  @Test("a process of unknown modules gives the program counter alone")
  func noModules() {
    expectAlone(StackUnwinder(modules: []).unwind(output.acquisition))
  }

  @Test("a folder, an empty file and a text are no modules", arguments: ["folder", "empty", "text"])
  func noELFFile(kind: String) throws {
    let path = run.executable + "-" + kind
    switch kind {
    case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    case "empty": try Data().write(to: URL(filePath: path))
    default: try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: path))
    }
    expectAlone(unwinder(programAt: path).unwind(output.acquisition))
  }

  @Test("without .eh_frame_hdr the entries of .eh_frame are found one by one")
  func noSearchTable() throws {
    var bytes = try programBytes()
    let headers = Int(integer(bytes, at: 0x20, width: 8))
    let count = Int(integer(bytes, at: 0x38, width: 2))
    let tables = (0..<count).map { headers + $0 * 56 }.filter { integer(bytes, at: $0, width: 4) == 0x6474_E550 }
    let place = try #require(tables.first)
    bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 0])
    let stack = unwinder(programAt: try write(bytes, "no-table")).unwind(output.stop)
    #expect(stack.complete)
    #expect(difference(of: stack.frames, from: output.stopTruth) == nil)
  }

  @Test("a file that is cut short gives true frames or none")
  func truncatedFile() throws {
    let bytes = try programBytes()
    var random = SplitMix64(state: 1)
    for round in 0..<100 {
      let length = Int.random(in: 0..<bytes.count, using: &random)
      let unwinder = unwinder(programAt: try write(Array(bytes[..<length]), "cut"))
      let stack = unwinder.acquisition(output.acquisition, stoppedAt: output.stop)
      #expect(difference(of: stack.frames, from: output.acquisitionTruth) == nil, "round \(round), \(length) bytes")
    }
  }

  @Test("garbled unwind tables end a walk, never the process")
  func garbledFile() throws {
    let bytes = try programBytes()
    var random = SplitMix64(state: 2)
    let tables = try #require(unwindTables(bytes))
    for round in 0..<1_500 {
      var garbled = bytes
      let places = round % 3 == 0 ? 0..<bytes.count : tables
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        garbled[Int.random(in: places, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let unwinder = unwinder(programAt: try write(garbled, "garbled"))
      for capture in [output.acquisition, output.stop] {
        #expect(unwinder.unwind(capture).frames.first?.pc == capture.pc)
      }
    }
  }

  @Test("garbled registers and stack bytes end a walk, never the process")
  func garbledCaptures() {
    let unwinder = StackUnwinder(modules: output.modules)
    var random = SplitMix64(state: 3)
    for _ in 0..<2_000 {
      var capture = Bool.random(using: &random) ? output.stop : output.acquisition
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        capture.registers[Int.random(in: 0..<17, using: &random)] = hostile(&random)
      }
      capture.bytes.removeLast(Int.random(in: 0...capture.bytes.count, using: &random))
      for _ in 0..<Int.random(in: 0...64, using: &random) where !capture.bytes.isEmpty {
        capture.bytes[Int.random(in: capture.bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { capture.base = hostile(&random) ?? capture.base }
      let stack = unwinder.acquisition(capture, stoppedAt: output.stop)
      #expect(stack.frames.count <= 1_024)
      #expect(stack.frames.first?.pc == capture.registers[16])
    }
  }

  @Test("the vDSO, which no file holds, is known by its build id")
  func vdso() throws {
    let module = try #require(output.modules.first { $0.path == "linux-vdso.so.1" })
    var other = module
    other.buildID = module.buildID.map { ~$0 }
    func functions(_ module: Module) -> Int {
      let unwinder = StackUnwinder(modules: [module])
      return stride(from: module.range.lowerBound, to: module.range.upperBound, by: 16).count { address in
        var capture = output.stop
        capture.registers[16] = address
        return unwinder.unwind(capture).frames.first?.functionStart != nil
      }
    }
    #expect(functions(module) > 0)
    #expect(functions(other) == 0)
  }

  @Test("a capture without registers has no frames")
  func noRegisters() {
    let unwinder = StackUnwinder(modules: output.modules)
    for registers in [[], Array(repeating: UInt64?.none, count: 17)] {
      var capture = output.stop
      capture.registers = registers
      #expect(unwinder.unwind(capture) == UnwoundStack(frames: [], complete: false))
    }
  }

  @Test("bytes that end too early leave the stack incomplete")
  func shortBytes() {
    let unwinder = StackUnwinder(modules: output.modules)
    for count in 0..<min(512, output.stop.bytes.count) {
      var capture = output.stop
      capture.bytes.removeLast(capture.bytes.count - count)
      let stack = unwinder.unwind(capture)
      #expect(difference(of: stack.frames, from: output.stopTruth) == nil, "\(count) bytes")
      #expect(!stack.complete || stack.frames.count == output.stopTruth.count, "\(count) bytes")
    }
  }

  private func expectAlone(_ stack: UnwoundStack) {
    #expect(stack.frames.map(\.pc) == [output.acquisition.pc])
    #expect(stack.frames.first?.cfa == nil)
    #expect(!stack.complete)
  }

  /// An unwinder that finds the program's file at another path.
  private func unwinder(programAt path: String) -> StackUnwinder {
    StackUnwinder(
      modules: output.modules.map { module in
        var module = module
        if module.path == run.executable { module.path = path }
        return module
      })
  }

  private func programBytes() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: run.executable)))
  }

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = run.executable + "-" + name
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  private func integer(_ bytes: [UInt8], at place: Int, width: Int) -> UInt64 {
    bytes[place..<place + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Where .eh_frame_hdr is in the file, and .eh_frame, which linkers put right behind it.
  private func unwindTables(_ bytes: [UInt8]) -> Range<Int>? {
    let headers = Int(integer(bytes, at: 0x20, width: 8))
    for place in (0..<Int(integer(bytes, at: 0x38, width: 2))).map({ headers + $0 * 56 })
    where integer(bytes, at: place, width: 4) == 0x6474_E550 {
      let start = Int(integer(bytes, at: place + 8, width: 8))
      return start..<min(bytes.count, start + 1_024)
    }
    return nil
  }

  /// Addresses that are likely to be mishandled, or none.
  private func hostile(_ random: inout SplitMix64) -> UInt64? {
    let addresses: [UInt64] = [
      0, 1, 7, .max, .max - 7, 1 << 63, 0x5354_0000_0000_0000, output.stop.base, output.stop.base &+ 1,
      output.modules[0].range.lowerBound, output.modules[0].range.upperBound,
      UInt64.random(in: 0 ... .max, using: &random),
    ]
    return Bool.random(using: &random) ? addresses.randomElement(using: &random) : nil
  }
}
