// Calls on files that are under way, or were left without coming back.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct OperationTests {
  private let program = TestProgram(source: "operations.c")

  @Test(arguments: [
    ("syncing", RecordedOperation.Kind.sync, Int32?.some(3)), ("truncating", .truncate, 3), ("renaming", .rename, nil),
    ("renaming-in-folders", .rename, nil), ("truncating-by-path", .truncate, nil), ("allocating", .write, 3),
  ])
  func aCallThatDoesNotReturnIsUnderWay(
    scenario: String, kind: RecordedOperation.Kind, descriptor: Int32?
  ) throws {
    let run = try program.run([scenario], environment: ["LD_PRELOAD": TestProgram.library("blocking.c")])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    let operation = try #require(try run.process.thread(named: "worker").operation)
    #expect(operation.kind == kind)
    #expect(operation.descriptor == descriptor && operation.stream == nil)
    #expect(try run.process.main.operation == nil)
  }

  private func operation(_ scenario: String) throws -> RecordedOperation {
    let run = try program.run([scenario], environment: ["LD_PRELOAD": TestProgram.library("blocking.c")])
    return try #require(try run.process.thread(named: "worker").operation)
  }

  @Test(arguments: ["renaming", "renaming-in-folders"]) func aRenameIsKnownByBothItsPaths(scenario: String) throws {
    let rename = try operation(scenario)
    #expect(rename.path == "here" && rename.target == "there")
  }

  @Test func ofALongPathTheEndIsKept() throws {
    let path = try #require(try operation("truncating-by-path").path)
    #expect(path.utf8.count == 135 && path.hasPrefix("...x") && path.hasSuffix("x/log"))
  }

  @Test func aSyncHasNoPath() throws {
    let sync = try operation("syncing")
    #expect(sync.path == nil && sync.target == nil)
  }

  @Test(arguments: Recording.observed) func aWriteThatWasLeftByALongJumpIsOver(recording: Recording) throws {
    #expect(try program.scenario("left-by-longjmp", recording).process.thread(named: "worker").operation == nil)
  }
}
