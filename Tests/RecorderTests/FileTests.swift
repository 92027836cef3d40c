// Open files: whose each is, who wrote last, and what of it was not written yet.

internal import Glibc
internal import StragglerModel
internal import Testing

@Suite struct FileTests {
  private let program = TestProgram(source: "files.c")

  /// Such as `3 null r`: number, last part of the path, what it is open for.
  private func words(_ file: RecordedFile) -> String {
    let name = file.path.map { String($0.split(separator: "/").last ?? "") } ?? "-"
    return "\(file.descriptor) \(name) \(file.readable ? "r" : "")\(file.writable ? "w" : "")"
  }

  @Test(arguments: Recording.observed) func everyWayOfOpeningIsSeen(recording: Recording) throws {
    let files = try program.scenario("opened", recording).process.files
    #expect(
      files.map(words) == [
        "3 null r", "4 zero rw", "5 at w", "6 at64 rw", "7 created w", "8 created64 w", "9 - rw",
      ])
    #expect(files.allSatisfy { $0.opener == 1 && $0.lastWriter == nil && $0.stream == nil })
    #expect(files.map(\.isRegular) == [false, false, true, true, true, true, true])
    #expect(files.map(\.pathIsRelative) == [false, false, true, true, true, true, false])
    #expect(files.allSatisfy { $0.opened.reachesBase })
  }

  @Test(arguments: Recording.observed) func streamsAreFilesWithABuffer(recording: Recording) throws {
    let files = try program.scenario("streams", recording).process.files
    #expect(files.map(words) == ["3 w w", "4 a+ rw", "5 null r", "6 wrapped w", "7 after w"])
    #expect(files.allSatisfy { $0.stream != nil && $0.unflushedBytes == 0 })
  }

  @Test(arguments: Recording.observed) func closedFilesAreForgotten(recording: Recording) throws {
    #expect(try program.scenario("closed", recording).process.files.isEmpty)
  }

  @Test func aReplacedDescriptorIsADuplicateNow() throws {
    #expect(try program.scenario("replaced").process.files.map(words) == ["3 null r", "4 null r", "5 null r"])
  }

  @Test func filesClosedPastLibcAreDroppedAtTheFreeze() throws {
    #expect(try program.scenario("closed-unseen").process.files.map(words) == ["5 zero r"])
  }

  @Test func bytesThatWereNotSyncedAreCounted() throws {
    let file = try program.scenario("written").process.file("written")
    #expect(file.unsyncedBytes == 20)
    #expect(file.lastWriter == 1)
    #expect(try program.scenario("synced").process.file("written").unsyncedBytes == 3)
    #expect(try program.scenario("synced-at-last").process.file("written").unsyncedBytes == 0)
  }

  @Test func aSyncIsTheFilesWhicheverDescriptorItCameThrough() throws {
    let files = try program.scenario("synced-through-another").process.files
    #expect(files.map(\.descriptor) == [3, 4, 5] && files.allSatisfy { $0.unsyncedBytes == 0 })
  }

  @Test(arguments: ["synced-with-everything", "written-synchronously"])
  func whatIsSyncedInAnotherWayIsNotCounted(scenario: String) throws {
    let file = try program.scenario(scenario).process.file("written")
    #expect(file.unsyncedBytes == 0 && file.lastWriter == 1)
  }

  @Test func aStandardStreamBelongsToWhatComesUnderItsDescriptor() throws {
    let file = try program.scenario("printed-to-a-duplicate").process.file("log")
    #expect(file.descriptor == 1 && file.unflushedBytes == 5 && file.lastWriter == 1)
  }

  @Test func aStreamStaysWithADescriptorThatBecomesADuplicate() throws {
    let files = try program.scenario("stream-kept-by-dup2").process.files
    #expect(files.map(words) == ["3 new w"])
    #expect(files.first?.unflushedBytes == 7)
  }

  @Test func aRangeThatOneThreadClosesForItselfIsAskedOfTheKernel() throws {
    #expect(try program.scenario("closed-by-range-for-itself").process.files.map(\.descriptor) == [3])
  }

  @Test func fcloseallClosesNoDescriptor() throws {
    let file = try program.scenario("all-streams-closed").process.file("buffered")
    #expect(file.descriptor == 3 && file.unflushedBytes == 0)
  }

  @Test(arguments: Recording.observed) func aStreamWithoutADescriptorIsNoFile(recording: Recording) throws {
    #expect(try program.scenario("streams-without-a-descriptor", recording).process.files.isEmpty)
  }

  @Test func theOpenerAndTheLastWriterMayBeTwoThreads() throws {
    let process = try program.scenario("written-by-another").process
    let file = try process.file("shared")
    #expect(file.opener == 1)
    #expect(try file.lastWriter == process.thread(named: "writer").number)
  }

  @Test(arguments: ["unflushed-by-underscore-exit", "unflushed-by-return"])
  func bytesInAStreamsBufferAreCounted(scenario: String) throws {
    let file = try program.scenario(scenario).process.file("buffered")
    #expect(file.unflushedBytes == 12)
    #expect(file.lastWriter == 1)
  }

  @Test(arguments: ["flushed", "all-flushed"]) func aFlushedStreamHasNothingInItsBuffer(scenario: String) throws {
    #expect(try program.scenario(scenario).process.file("buffered").unflushedBytes == 0)
  }

  @Test func aThreadInsideAWriteSaysSo() throws {
    let process = try program.scenario("inside-write").process
    let operation = try #require(try process.thread(named: "writer").operation)
    #expect(operation.kind == .write)
    #expect(operation.descriptor == 4 && operation.stream == nil)
    #expect(try process.main.operation == nil)
  }

  @Test func aThreadInsideAStreamsWriteSaysSo() throws {
    let process = try program.scenario("inside-stream-write").process
    let operation = try #require(try process.thread(named: "writer").operation)
    #expect(operation.kind == .streamWrite)
    #expect(operation.stream == process.files.first { $0.descriptor == 4 }?.stream)
  }

  @Test func aPathThatIsTooLongIsCut() throws {
    let file = try #require(try program.scenario("long-path").process.files.first)
    #expect(file.path?.utf8.count == 511)
  }

  @Test func aPathIsReadToItsEndAndNotBeyond() throws {
    let paths = try program.scenario("paths-at-the-end-of-memory").process.files.map { $0.path ?? "" }
    #expect(paths.map(\.utf8.count) == [9, 15, 16, 17, 511, 511])
    #expect(paths.dropLast().allSatisfy { $0.hasSuffix("/dev/null") } && paths.last?.hasSuffix("/dev/nul") == true)
    #expect(paths.allSatisfy { $0.allSatisfy("/devnul".contains) })
  }

  @Test func aDescriptorThatCameFromOutsideIsTheOnesWhoWrapsIt() throws {
    let files = try program.scenario("standard-error-by-fdopen").process.files
    #expect(files.map(words) == ["2 - w"])
  }

  @Test func aHighDescriptorCostsNoMoreThanItsOwnEntry() throws {
    let run = try program.scenario("high-descriptor")
    #expect(try run.process.files.map(\.descriptor) == [3, 15000])
    #expect(try #require(run.arenaBytes.first) < 2 << 20)
  }
}
