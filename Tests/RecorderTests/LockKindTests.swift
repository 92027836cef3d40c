// Every kind of lock, taken in every way that there is.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct LockKindTests {
  private let program = TestProgram(source: "lockkinds.c")
  private static let ways = ["lock", "try", "timed", "clock"]

  private func all(_ kinds: [String], ways: [String] = Self.ways, _ words: (String) -> String) -> Set<String> {
    Set(kinds.flatMap { kind in ways.map { words("\(kind)-\($0)") } })
  }

  /// Mutexes that protect a priority can be taken by threads of a real-time policy only: not everybody may have one.
  private static let mayProtect =
    (try? TestProgram(source: "lockkinds.c").run(["may-be-real-time"], .alone).end) == .status(0)

  @Test(arguments: Recording.observed) func aMutexOfEveryKindIsHeldHoweverItWasTaken(recording: Recording) throws {
    let run = try program.scenario("mutexes-held", recording)
    var expected = all(["normal", "checking", "adaptive", "shared", "inheriting"]) { "mutex \($0)" }
    expected.formUnion(all(["recursive"]) { "recursive-mutex \($0)" })
    expected.formUnion(all(["robust", "robust-inheriting"]) { "mutex \($0) robust" })
    let protecting = all(["protecting"]) { "mutex \($0)" }
    #expect(try Set(run.mainHolds).subtracting(protecting) == expected)
    // What decides afterwards whether they are believed.
    #expect(try run.process.main.holds.allSatisfy { try $0.mutexOwner == run.process.id })
  }

  @Test(
    .enabled(if: Self.mayProtect, "only with CAP_SYS_NICE or a RLIMIT_RTPRIO can threads have a real-time policy"),
    arguments: Recording.observed)
  func aMutexThatProtectsAPriorityIsHeldHoweverItWasTaken(recording: Recording) throws {
    let run = try program.scenario("mutexes-held", recording)
    let protecting = all(["protecting"]) { "mutex \($0)" }
    #expect(try Set(run.mainHolds).isSuperset(of: protecting))
  }

  @Test(arguments: Recording.observed) func aMutexOfEveryKindIsFreeOnceItIsGivenBack(recording: Recording) throws {
    #expect(try program.scenario("mutexes-released", recording).mainHolds == [])
  }

  @Test(arguments: Recording.observed) func aDeadOwnersMutexIsWhoeversCallSaidSo(recording: Recording) throws {
    let run = try program.scenario("robust-inherited", recording)
    #expect(try Set(run.mainHolds) == all(["robust", "robust-inheriting"]) { "mutex \($0) robust" })
  }

  @Test(arguments: Recording.observed) func aDeadOwnersMutexIsFreeOnceItIsRepaired(recording: Recording) throws {
    #expect(try program.scenario("robust-repaired", recording).mainHolds == [])
  }

  @Test(arguments: Recording.observed) func aC11MutexOfEveryKindIsHeldHoweverItWasTaken(recording: Recording) throws {
    let run = try program.scenario("c11-held", recording)
    let ways = ["lock", "try", "timed"]
    var expected = all(["plain", "timed"], ways: ways) { "mutex \($0)" }
    expected.formUnion(all(["c11-recursive"], ways: ways) { "recursive-mutex \($0)" })
    #expect(try Set(run.mainHolds) == expected)
  }

  @Test(arguments: Recording.observed) func aC11MutexOfEveryKindIsFreeOnceItIsGivenBack(recording: Recording) throws {
    #expect(try program.scenario("c11-released", recording).mainHolds == [])
  }

  @Test(arguments: Recording.observed) func bothSidesOfEveryReadWriteLockAreHeld(recording: Recording) throws {
    let run = try program.scenario("rwlocks-held", recording)
    let kinds = ["reader", "writer", "only-writer"]
    let expected = all(kinds) { "read-write-lock \($0)" }.union(all(kinds) { "read-write-lock \($0) shared" })
    #expect(try Set(run.mainHolds) == expected)
    #expect(try run.mainHolds.count == expected.count)
  }

  @Test(arguments: Recording.observed) func bothSidesOfEveryReadWriteLockAreFreeAgain(recording: Recording) throws {
    #expect(try program.scenario("rwlocks-released", recording).mainHolds == [])
  }

  @Test func ofThousandsOfLocksTheOneThatIsLeftIsKnownAndNothingIsMissing() throws {
    let run = try program.scenario("thousands-but-one-released")
    #expect(try run.mainHolds == ["mutex first"])
    #expect(try run.process.losses.total == 0)
  }
}
