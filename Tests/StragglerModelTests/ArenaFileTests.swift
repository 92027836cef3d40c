// The reader's way to real files and descriptors.

import CStragglerArena
import Foundation
import Testing

@testable import StragglerModel

@Suite struct ArenaFileTests {
  private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    let path = NSTemporaryDirectory() + "arena-\(UUID().uuidString)"
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test func `a path and a descriptor give the same process`() throws {
    var image = ArenaImage()
    image.setHeader(\.pid, 42)
    image.addThread(number: 1)
    try withFile(image.bytes) { path in
      let byPath = try ArenaReader.read(path: path)
      let handle = try #require(FileHandle(forReadingAtPath: path))
      try handle.seek(toOffset: 100)
      let byDescriptor = try ArenaReader.read(descriptor: handle.fileDescriptor, name: "fd")
      #expect(byPath == byDescriptor && byPath.id == 42 && byPath.threads.count == 1)
      #expect(try handle.offset() == 100)
    }
  }

  @Test func `an arena of two gigabytes that is mostly hole is read at once`() throws {
    var image = ArenaImage()
    image.addThread(slot: 1, number: 1)
    var stacks = image.region(6)
    stacks.entry_size = 4096
    stacks.capacity = 500_000
    stacks.used = 0
    image.setRegion(6, stacks)
    let size = stacks.offset + 4096 * 500_000
    image.setHeader(\.size, size)
    try withFile(image.bytes) { path in
      let handle = try #require(FileHandle(forUpdatingAtPath: path))
      try handle.truncate(atOffset: size)
      #expect(try ArenaReader.read(path: path).threads.map(\.number) == [1])
    }
  }

  @Test func `a path where nothing is, is missing`() {
    let path = NSTemporaryDirectory() + "no-arena-\(UUID().uuidString)"
    let error = #expect(throws: ArenaError.self) { try ArenaReader.read(path: path) }
    #expect(error?.reason == .missing)
    #expect(error?.description.contains(path) == true)
  }

  @Test func `a folder and a pipe can't be read, and the error says why`() throws {
    let folder = #expect(throws: ArenaError.self) { try ArenaReader.read(path: NSTemporaryDirectory()) }
    guard case .unreadable("pread", EISDIR, _)? = folder?.reason else {
      Issue.record("\(String(describing: folder))")
      return
    }
    let pipe = Pipe()
    let error = #expect(throws: ArenaError.self) {
      try ArenaReader.read(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "pipe")
    }
    #expect(error?.reason == .foreign)
  }

  @Test func `a descriptor that is not open is unreadable`() {
    let error = #expect(throws: ArenaError.self) { try ArenaReader.read(descriptor: -1, name: "closed") }
    guard case .unreadable("fstat", EBADF, _)? = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
