// Files, sections, modules and names as the reader understands them.

import CStragglerArena
import Testing

@testable import StragglerModel

@Suite struct ArenaTableTests {
  private func withFile(
    flags: [StragglerFileFlags] = [], state: StragglerEntryState = STRAGGLER_ENTRY_LIVE
  ) -> ArenaImage {
    var image = ArenaImage()
    image.set(\StragglerFile.state, state.rawValue, in: STRAGGLER_REGION_FILES, entry: 3)
    image.set(\StragglerFile.flags, flags.reduce(0) { $0 | $1.rawValue }, in: STRAGGLER_REGION_FILES, entry: 3)
    image.set(\StragglerFile.opener, 2, in: STRAGGLER_REGION_FILES, entry: 3)
    image.set(\StragglerFile.unflushed, 11, in: STRAGGLER_REGION_FILES, entry: 3)
    return image
  }

  @Test func `a file's descriptor is its place in the table`() throws {
    var image = withFile(flags: [STRAGGLER_FILE_WRITE])
    image.setText(\StragglerFile.path, "/tmp/x", in: STRAGGLER_REGION_FILES, entry: 3)
    let file = try #require(try ArenaReader.read(image).files.first)
    #expect(file.descriptor == 3 && file.path == "/tmp/x" && file.writable && !file.readable && file.opener == 2)
    #expect(file.lastWriter == nil && file.stream == nil)
  }

  @Test func `a file's origin is read, and one that nobody knows is that of a path`() throws {
    var image = withFile()
    image.set(\StragglerFile.origin, STRAGGLER_ORIGIN_SOCKET.rawValue, in: STRAGGLER_REGION_FILES, entry: 3)
    #expect(try ArenaReader.read(image).files.first?.origin == .socket)
    image.set(\StragglerFile.origin, 99, in: STRAGGLER_REGION_FILES, entry: 3)
    #expect(try ArenaReader.read(image).files.first?.origin == .path)
    #expect(RecordedFile.Origin(rawValue: STRAGGLER_ORIGIN_MEMORY.rawValue) == .memory)
  }

  @Test func `closed files, and those being filled, are none`() throws {
    #expect(try ArenaReader.read(withFile(state: STRAGGLER_ENTRY_FREE)).files.isEmpty)
    #expect(try ArenaReader.read(withFile(state: STRAGGLER_ENTRY_CLAIMED)).files.isEmpty)
    var image = withFile()
    image.set(\StragglerFile.sequence, 5, in: STRAGGLER_REGION_FILES, entry: 3)
    #expect(try ArenaReader.read(image).files.isEmpty)
  }

  @Test func `what was not looked up about a file is nil`() throws {
    let unknown = try #require(try ArenaReader.read(withFile()).files.first)
    #expect(unknown.isRegular == nil && unknown.unflushedBytes == nil && unknown.path == nil)
    let known = withFile(flags: [STRAGGLER_FILE_TYPE_KNOWN, STRAGGLER_FILE_STREAM_READ, STRAGGLER_FILE_REGULAR])
    let file = try #require(try ArenaReader.read(known).files.first)
    #expect(file.isRegular == true && file.unflushedBytes == 11)
    let pipe = try ArenaReader.read(withFile(flags: [STRAGGLER_FILE_TYPE_KNOWN])).files.first
    #expect(pipe?.isRegular == false)
  }

  @Test func `a section is a thread's, or a task's`() throws {
    var image = ArenaImage()
    for entry in 0..<2 {
      image.set(\StragglerSection.state, STRAGGLER_ENTRY_LIVE.rawValue, in: STRAGGLER_REGION_SECTIONS, entry: entry)
      image.set(\StragglerSection.thread, 4, in: STRAGGLER_REGION_SECTIONS, entry: entry)
    }
    image.set(\StragglerSection.task, 77, in: STRAGGLER_REGION_SECTIONS, entry: 1)
    image.setText(\StragglerSection.name, "transfer", in: STRAGGLER_REGION_SECTIONS, entry: 1)
    image.set(\StragglerSection.state, STRAGGLER_ENTRY_CLAIMED.rawValue, in: STRAGGLER_REGION_SECTIONS, entry: 2)
    let sections = try ArenaReader.read(image).sections
    #expect(sections.map(\.task) == [nil, 77])
    #expect(sections.map(\.name) == [nil, "transfer"])
    #expect(sections.map(\.thread) == [4, 4])
  }

  @Test func `a module keeps its build id, and one whose range is upside down counts as lost`() throws {
    var image = ArenaImage()
    for (entry, range) in [(0, (UInt64(0x1000), UInt64(0x2000))), (1, (0x2000, 0x1000))] {
      image.set(\StragglerModule.start, range.0, in: STRAGGLER_REGION_MODULES, entry: entry)
      image.set(\StragglerModule.end, range.1, in: STRAGGLER_REGION_MODULES, entry: entry)
    }
    image.set(\StragglerModule.bias, 0x1000, in: STRAGGLER_REGION_MODULES)
    image.set(\StragglerModule.build_id_length, 2, in: STRAGGLER_REGION_MODULES)
    image.setText(\StragglerModule.build_id, "ab?", in: STRAGGLER_REGION_MODULES)
    image.setText(\StragglerModule.path, "/lib/x.so", in: STRAGGLER_REGION_MODULES)
    let process = try ArenaReader.read(image)
    #expect(
      process.modules == [Module(path: "/lib/x.so", bias: 0x1000, range: 0x1000..<0x2000, buildID: [0x61, 0x62])])
    #expect(process.losses.modules == 1)
  }

  /// The end is written last: whoever was killed while the entry was filled lost nothing that is worth a word.
  @Test func `a module without an end is not there yet`() throws {
    var image = ArenaImage()
    image.set(\StragglerModule.start, 0x1000, in: STRAGGLER_REGION_MODULES)
    let process = try ArenaReader.read(image)
    #expect(process.modules.isEmpty && process.losses.modules == 0)
  }

  @Test func `a build id longer than its room reads the room alone`() throws {
    var image = ArenaImage()
    image.set(\StragglerModule.end, 1, in: STRAGGLER_REGION_MODULES)
    image.set(\StragglerModule.build_id_length, .max, in: STRAGGLER_REGION_MODULES)
    #expect(try ArenaReader.read(image).modules.first?.buildID.count == 32)
  }
}
