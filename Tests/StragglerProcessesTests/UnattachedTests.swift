// Which started programs are said to have had no recorder.

internal import Glibc
internal import StragglerModel
internal import Testing

@testable internal import StragglerProcesses

@Suite struct UnattachedTests {
  /// A process that has ended, as its recorder left it.
  private func image(_ change: (inout RecordedProcess) -> Void = { _ in }) throws -> ObservedImage {
    var image = try ObservationRequest.shell("exit 0").run().main
    image.isMain = false
    image.ending = .unknown
    var process = try image.recorded.get()
    process.executable = "/bin/starter"
    process.exit.phase = .running
    change(&process)
    image.recorded = .success(process)
    return image
  }

  private func programs(
    of image: ObservedImage, attached: [Int32] = [], later: [Int32] = []
  ) -> [UnattachedPrograms] {
    var collection = UnattachedCollection()
    attached.forEach { collection.attach($0) }
    collection.add(image)
    later.forEach { collection.attach($0) }
    return collection.programs
  }

  /// Numbers that no process has: beyond the kernel's limit (PID_MAX_LIMIT, proc(5)).
  private let gone: [Int32] = [1 << 23, 1 << 23 + 1]

  @Test func startedProgramsThatNeverAttachedAreNamed() throws {
    let image = try image { $0.children.spawned = gone }
    #expect(programs(of: image) == [UnattachedPrograms(starter: "/bin/starter", processIDs: gone)])
  }

  @Test func whoAttachedEarlierOrLaterIsNot() throws {
    let image = try image { $0.children.spawned = gone }
    #expect(programs(of: image, attached: [gone[0]], later: [gone[1]]).isEmpty)
  }

  @Test func whoStillRunsMayAttachYet() throws {
    #expect(programs(of: try image { $0.children.spawned = [getpid()] }).isEmpty)
  }

  @Test func anExecThatNobodyAttachedAfterIsOne() throws {
    let replaced = try image { $0.exit.kind = .exec }
    #expect(programs(of: replaced).map(\.processIDs) == [[replaced.processID]])
  }

  @Test func anExecThatARecorderAttachedAfterIsNone() throws {
    var replaced = try image { $0.exit.kind = .exec }
    replaced.ending = .replaced
    #expect(programs(of: replaced).isEmpty)
  }

  @Test func numbersOfAnotherNamespaceAreNotOurs() throws {
    let image = try image {
      $0.id += 1
      $0.children.spawned = gone
    }
    #expect(programs(of: image).isEmpty)
  }

  @Test func aProgramThatStartedNothingHasNone() throws {
    #expect(programs(of: try image()).isEmpty)
  }
}
