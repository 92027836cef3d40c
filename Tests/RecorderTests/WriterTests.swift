// Who wrote last to a file, and how many bytes of it are not where they should be: after every call that writes or syncs.

internal import StragglerModel
internal import Testing

@Suite struct WriterTests {
  // Not optimized, and without the compiler's knowledge of libc: each function is called by its own name.
  private let program = TestProgram(source: "writers.c", options: ["-O0", "-fno-builtin"])

  /// The file that a call was made on, by the program's own words: the call's name, the descriptor, the bytes that are left.
  private struct Outcome {
    var call: String
    var bytes: UInt64
    var file: RecordedFile
    var isStream: Bool { file.stream != nil }
  }

  private func outcomes(_ run: ProgramRun) throws -> [Outcome] {
    let files = try run.process.files
    return try run.lines.map { line in
      let words = line.split(separator: " ").map(String.init)
      try #require(words.count == 3, "\(line)")
      return Outcome(
        call: words[0], bytes: try #require(UInt64(words[2])),
        file: try #require(files.first { $0.descriptor == Int32(words[1]) }, "\(line)"))
    }
  }

  @Test(arguments: Recording.observed) func everyCallThatWritesIsItsCallersWrite(recording: Recording) throws {
    let run = try program.scenario("written", recording)
    let (outcomes, writer) = (try outcomes(run), try run.process.thread(named: "writer").number)
    #expect(outcomes.count == 59)
    #expect(outcomes.filter { $0.file.lastWriter != writer }.map(\.call).isEmpty)
    #expect(outcomes.filter { $0.file.opener != 1 }.map(\.call).isEmpty)
    #expect(outcomes.filter { $0.isStream && $0.file.unflushedBytes != $0.bytes }.map(\.call).isEmpty)
    #expect(outcomes.filter { $0.file.unsyncedBytes != ($0.isStream ? 0 : $0.bytes) }.map(\.call).isEmpty)
  }

  @Test(arguments: Recording.observed) func onlyWhatMakesAWholeFileDurableTakesItsBytesBack(recording: Recording) throws
  {
    let outcomes = try outcomes(try program.scenario("made-durable", recording))
    #expect(outcomes.count == 7)
    let left = outcomes.map { $0.isStream ? $0.file.unflushedBytes : $0.file.unsyncedBytes }
    #expect(left == outcomes.map(\.bytes), "\(outcomes.map(\.call))")
    #expect(outcomes.allSatisfy { $0.file.lastWriter == 1 })
  }

  @Test(arguments: Recording.observed) func aFileSystemIsMadeDurableWithAllItsFiles(recording: Recording) throws {
    let outcomes = try outcomes(try program.scenario("file-system-made-durable", recording))
    #expect(outcomes.map(\.call) == ["synced", "beside", "elsewhere"])
    #expect(outcomes.map(\.file.unsyncedBytes) == outcomes.map(\.bytes))
  }
}
