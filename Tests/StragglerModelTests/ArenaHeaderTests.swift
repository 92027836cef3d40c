// What a file must be before the reader believes it, and the process's own data.

import CStragglerArena
import Foundation
import Testing

@testable import StragglerModel

@Suite struct ArenaHeaderTests {
  private func reason(_ source: any ArenaSource) -> ArenaError.Reason? {
    #expect(throws: ArenaError.self) { _ = try ArenaReader.read(source) }?.reason
  }

  @Test func `an arena with nothing in it is a process with nothing`() throws {
    let process = try ArenaReader.read(ArenaImage())
    #expect(process.threads.isEmpty && process.files.isEmpty && process.sections.isEmpty && process.modules.isEmpty)
    #expect(process.lockNames.isEmpty)
    #expect(process.losses.total == 0)
    #expect(process.arguments.isEmpty && !process.argumentsCut)
    #expect(process.exit.thread == nil && process.exit.begun == nil && process.exit.phase == .frozen)
    #expect(!process.linked && !process.forked && !process.usesRuntime && !process.freezeIncomplete)
  }

  @Test func `the process's identity, arguments and flags are read`() throws {
    var image = ArenaImage()
    image.setHeader(\.pid, 4711)
    image.setHeader(\.parent_pid, 4710)
    image.setHeader(\.start_time, 99)
    image.setHeaderText(\.executable, "/opt/app")
    image.setHeaderText(\.working_directory, "/home")
    image.setHeaderText(\.arguments, "app\0\0--fast\0")
    image.setHeader(\.argument_count, 3)
    image.setHeader(\.arguments_length, 12)
    image.setHeader(\.flags, STRAGGLER_ARENA_LINKED.rawValue | STRAGGLER_ARENA_RUNTIME.rawValue)
    image.setHeader(\.exit.kind, STRAGGLER_EXIT_QUICK.rawValue)
    image.setHeader(\.exit.status, -3)
    image.setHeader(\.exit.thread, 2)
    image.setHeader(\.exit.begun, 123)
    let process = try ArenaReader.read(image)
    #expect(process.id == 4711 && process.parentID == 4710 && process.startTime == 99)
    #expect(process.executable == "/opt/app" && process.workingDirectory == "/home")
    #expect(process.arguments == ["app", "", "--fast"])
    #expect(!process.argumentsCut)
    #expect(process.linked && process.usesRuntime && !process.forked && !process.freezeIncomplete)
    #expect(process.exit == RecordedExit(phase: .frozen, kind: .quick, status: -3, thread: 2, begun: 123))
  }

  @Test func `children without a record are counted, those that were spawned by number`() throws {
    var image = ArenaImage()
    image.setHeader(\.children_unrecorded, 2)
    image.setHeader(\.spawned_count, 2)
    image.setHeader(\.spawned.0, 4712)
    image.setHeader(\.spawned.1, 4713)
    let children = try ArenaReader.read(image).children
    #expect(children.unrecorded == 2)
    #expect(children.spawned == [4712, 4713])
  }

  @Test func `a count of children below zero or beyond its room reads as what is there`() throws {
    var image = ArenaImage()
    image.setHeader(\.children_unrecorded, UInt32.max)
    image.setHeader(\.spawned_count, UInt32.max)
    let children = try ArenaReader.read(image).children
    #expect(children.unrecorded == 0)
    #expect(children.spawned == Array(repeating: 0, count: Int(STRAGGLER_SPAWNED)))
    #expect(children.forgotten == Int(UInt32.max) - Int(STRAGGLER_SPAWNED))
  }

  @Test func `a program that has confined itself is known`() throws {
    var image = ArenaImage()
    #expect(try !ArenaReader.read(image).confined)
    image.setHeader(\.flags, STRAGGLER_ARENA_CONFINED.rawValue)
    #expect(try ArenaReader.read(image).confined)
  }

  @Test func `arguments that had no room are said to be cut`() throws {
    var image = ArenaImage()
    image.setHeaderText(\.arguments, "app\0lo")
    image.setHeader(\.arguments_length, 6)
    image.setHeader(\.argument_count, 5)
    let process = try ArenaReader.read(image)
    #expect(process.arguments == ["app", "lo"])
    #expect(process.argumentsCut)
  }

  @Test func `the suppressions that a program brings along are read`() throws {
    var image = ArenaImage()
    #expect(try ArenaReader.read(image).defaultSuppressions.isEmpty)
    image.setHeaderText(\.suppressions, "leak:pool\n")
    #expect(try ArenaReader.read(image).defaultSuppressions == "leak:pool\n")
    #expect(try !ArenaReader.read(image).defaultSuppressionsCut)
    image.setHeader(\.flags, STRAGGLER_ARENA_SUPPRESSIONS_CUT.rawValue)
    #expect(try ArenaReader.read(image).defaultSuppressionsCut)
  }

  @Test func `a length of arguments beyond their room reads the room alone`() throws {
    var image = ArenaImage()
    image.setHeaderText(\.arguments, String(repeating: "a", count: 3072))
    image.setHeader(\.arguments_length, .max)
    image.setHeader(\.argument_count, 1)
    #expect(try ArenaReader.read(image).arguments == [String(repeating: "a", count: 3072)])
  }

  @Test func `text that is not UTF-8 is repaired, and text without an end stops at its field's`() throws {
    var image = ArenaImage()
    let place = ArenaRecord<StragglerArenaHeader>.offset(of: \.executable)
    image.store([0x61, 0xFF, 0x62] + [UInt8](repeating: 0x63, count: 1021), at: place)
    image.setHeaderText(\.working_directory, "next")
    let process = try ArenaReader.read(image)
    #expect(process.executable == "a\u{FFFD}b" + String(repeating: "c", count: 1021))
    #expect(process.workingDirectory == "next")
  }

  @Test func `losses are counted region by region`() throws {
    var image = ArenaImage()
    for index in 0..<7 {
      var region = image.region(index)
      region.lost = UInt32(index + 1)
      image.setRegion(index, region)
    }
    image.addThread(number: 1)
    image.setThread(\.hold_lost, 20)
    let losses = try ArenaReader.read(image).losses
    #expect(losses.modules == 1 && losses.threads == 2 && losses.files == 4 && losses.sections == 5)
    #expect(losses.names == 6 && losses.stacks == 7 && losses.holds == 3 + 20)
  }

  // MARK: - What is refused

  @Test func `a file of another kind is foreign, however short`() {
    var text = ArenaImage()
    text.bytes = Array("#!/bin/sh\n".utf8)
    #expect(reason(text) == .foreign)
    text.bytes = []
    #expect(reason(text) == .foreign)
    text.bytes = [UInt8](repeating: 0, count: 100_000)
    #expect(reason(text) == .foreign)
  }

  @Test func `the arena of a newer recorder asks for an update`() {
    var image = ArenaImage()
    image.setHeader(\.version, ArenaLayout.version + 1)
    #expect(reason(image) == .newer(found: ArenaLayout.version + 1, known: ArenaLayout.version))
    let error = ArenaError(arena: "x", reason: .newer(found: 2, known: 1))
    #expect("\(error)" == "arena 'x': written by a newer version (layout 2, known is 1); update straggler")
  }

  @Test func `a file cut short says how long it should have been`() {
    var image = ArenaImage()
    let whole = UInt64(image.bytes.count)
    image.bytes.removeLast()
    #expect(reason(image) == .truncated(expected: whole, found: whole - 1))
    image.bytes.removeLast(image.bytes.count - 100)
    #expect(reason(image) == .truncated(expected: UInt64(MemoryLayout<StragglerArenaHeader>.size), found: 100))
  }

  @Test(arguments: [
    ("version", 0), ("header_size", 0), ("size", 1), ("exit.phase", 8), ("exit.kind", 6),
  ])
  func `a field of the header that no recorder writes is named`(field: String, value: UInt32) throws {
    var image = ArenaImage()
    switch field {
    case "version": image.setHeader(\.version, value)
    case "header_size": image.setHeader(\.header_size, value)
    case "size": image.setHeader(\.size, UInt64(value))
    case "exit.phase": image.setHeader(\.exit.phase, value)
    default: image.setHeader(\.exit.kind, value)
    }
    guard case .damaged(let name, _, let found) = reason(image) else {
      Issue.record("not damaged: \(String(describing: reason(image)))")
      return
    }
    #expect(name == field && found == "\(value)")
  }

  @Test(arguments: 0..<7)
  func `a region that leaves the arena is refused`(index: Int) {
    let image = ArenaImage()
    let size = UInt64(image.bytes.count)
    let changes: [(inout StragglerRegion) -> Void] = [
      { $0.offset = size }, { $0.offset = .max - 7 }, { $0.offset = 8 }, { $0.capacity = .max },
      { $0.used = $0.capacity + 1 },
    ]
    for change in changes {
      var damaged = image
      var region = damaged.region(index)
      change(&region)
      damaged.setRegion(index, region)
      guard case .damaged = reason(damaged) else {
        Issue.record("region \(index) was accepted: \(region)")
        continue
      }
    }
  }

  @Test(arguments: 0..<6)
  func `entries of another length than this reader's are refused`(index: Int) {
    var image = ArenaImage()
    var region = image.region(index)
    region.entry_size -= 8
    image.setRegion(index, region)
    guard case .damaged(let field, _, _) = reason(image) else {
      Issue.record("region \(index) was accepted")
      return
    }
    #expect(field.hasSuffix(".entry_size"))
  }

  @Test func `magic and version are the header's`() throws {
    let header = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/CStragglerArena/include/StragglerArena.h")
    let text = try String(contentsOf: header, encoding: .utf8)
    #expect(text.contains("#define STRAGGLER_ARENA_VERSION UINT32_C(\(ArenaLayout.version))"))
    let magic = String(ArenaLayout.magic, radix: 16, uppercase: true)
    #expect(text.contains("#define STRAGGLER_ARENA_MAGIC UINT64_C(0x\(magic))"))
  }
}
