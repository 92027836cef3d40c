// Waits for locks of every kind: what is waited for, and that the lock is the waiter's afterwards.

internal import StragglerModel
internal import Testing

@Suite struct LockWaitTests {
  private let program = TestProgram(source: "lockwaits.c")

  /// Each waiter, who is called as its lock is: what it waits for, and what it holds afterwards.
  private static let cases: [String: (wait: String, hold: String)] = [
    "mutex-lock": ("mutex mutex-lock", "mutex mutex-lock"),
    "mutex-timed": ("mutex mutex-timed timed", "mutex mutex-timed"),
    "mutex-clock": ("mutex mutex-clock timed", "mutex mutex-clock"),
    "recursive-timed": ("recursive-mutex recursive-timed timed", "recursive-mutex recursive-timed"),
    "inherit-timed": ("mutex inherit-timed timed", "mutex inherit-timed"),
    "c11-lock": ("mutex c11-lock", "mutex c11-lock"),
    "c11-timed": ("mutex c11-timed timed", "mutex c11-timed"),
    "read-lock": ("read-write-lock read-lock shared", "read-write-lock read-lock shared"),
    "read-timed": ("read-write-lock read-timed shared timed", "read-write-lock read-timed shared"),
    "read-clock": ("read-write-lock read-clock shared timed", "read-write-lock read-clock shared"),
    "write-lock": ("read-write-lock write-lock", "read-write-lock write-lock"),
    "write-timed": ("read-write-lock write-timed timed", "read-write-lock write-timed"),
    "write-clock": ("read-write-lock write-clock timed", "read-write-lock write-clock"),
    "token-wait": ("semaphore token-wait", "semaphore token-wait"),
    "token-timed": ("semaphore token-timed timed", "semaphore token-timed"),
    "token-clock": ("semaphore token-clock timed", "semaphore token-clock"),
    "spin-lock": ("spin-lock spin-lock", "spin-lock spin-lock"),
    "stream-lock": ("stream-lock stream-lock", "stream-lock stream-lock"),
    // Of a file's lock, whether it is to be shared stands in the hold only.
    "flock": ("file-lock flock", "file-lock flock"),
    "flock-shared": ("file-lock flock-shared", "file-lock flock-shared shared"),
    "lockf": ("file-lock lockf", "file-lock lockf"),
    "lockf64": ("file-lock lockf64", "file-lock lockf64"),
    "fcntl": ("file-lock fcntl", "file-lock fcntl"),
    "fcntl-shared": ("file-lock fcntl-shared", "file-lock fcntl-shared shared"),
    "fcntl64": ("file-lock fcntl64", "file-lock fcntl64"),
    "open-file": ("file-lock open-file", "file-lock open-file"),
  ]

  private func waiters(_ process: RecordedProcess) -> [RecordedThread] { process.threads.filter { !$0.isMain } }

  @Test(arguments: Recording.observed) func whoWaitsForALockHasItNotYet(recording: Recording) throws {
    let run = try program.scenario("waiting", recording)
    let waiters = waiters(try run.process)
    #expect(Set(waiters.compactMap(\.name)) == Set(Self.cases.keys))
    #expect(waiters.allSatisfy { run.wait($0) == Self.cases[$0.name ?? ""]?.wait }, "\(waiters.map(run.wait))")
    #expect(waiters.allSatisfy { run.holds($0) == [] }, "\(waiters.map(run.holds))")
  }

  @Test(arguments: Recording.observed) func whoHasWaitedForALockHasIt(recording: Recording) throws {
    let run = try program.scenario("waited", recording)
    let waiters = waiters(try run.process)
    #expect(Set(waiters.map(run.holds)) == Set(Self.cases.values.map { [$0.hold] }))
    #expect(waiters.allSatisfy { $0.wait == nil && $0.holds.first?.address == $0.holds.last?.address })
    #expect(waiters.count == Self.cases.count)
    #expect(try run.mainHolds == [])
  }

  @Test(arguments: Recording.observed) func whoWaitedForAnOwnerThatDiedHasItsMutex(recording: Recording) throws {
    let run = try program.scenario("owner-died-meanwhile", recording)
    let names = ["robust", "inherit"].flatMap { kind in ["lock", "timed", "clock"].map { "\(kind)-\($0)" } }
    for name in names {
      let waiter = try run.process.thread(named: name)
      #expect(run.holds(waiter) == ["mutex \(name) robust"])
      #expect(waiter.holds.allSatisfy { $0.contended && ($0.lockWord ?? 0) & 0x3FFF_FFFF == waiter.id })
      #expect(waiter.wait == nil)
    }
  }

  // MARK: - Semaphores

  @Test(arguments: Recording.observed) func aTokenIsItsTakersHoweverItWasTaken(recording: Recording) throws {
    let run = try program.scenario("tokens-taken", recording)
    let ways = ["token-wait", "token-try", "token-timed", "token-clock"]
    #expect(run.holds(try run.process.thread(named: "taker")) == ways.map { "semaphore \($0)" })
  }

  @Test(arguments: Recording.observed)
  func aTokenIsNobodysOnceItsSemaphoreWasPostedDestroyedOrMadeAnew(recording: Recording) throws {
    let run = try program.scenario("tokens-gone", recording)
    let taker = try run.process.thread(named: "taker")
    #expect(run.holds(taker) == [])
  }

  // MARK: - Streams

  @Test(arguments: Recording.observed) func aStreamIsLockedUntilItIsGivenBackAsOftenAsItWasTaken(
    recording: Recording
  ) throws {
    let run = try program.scenario("streams-held", recording)
    #expect(try run.mainHolds == ["stream-lock tried", "stream-lock twice", "stream-lock thrice x3"])
  }

  /// The kernel lists a flock under who took it, though it goes on with the open file in who has that.
  @Test(arguments: Recording.observed) func whoTookAFlockAndIsGoneIsNotNamed(recording: Recording) throws {
    let run = try program.scenario("flock-passed-on", recording)
    let kept = try run.process.thread(named: "for-one-kept").stop?.systemCall?.locker
    #expect(kept.flatMap { run.names[UInt64($0)] } == "keeper")
    #expect(try run.process.thread(named: "for-one-passed").stop?.systemCall?.locker == nil)
  }

  /// To look into another process's folder of descriptors does not end the look at the program's own threads.
  @Test func anExecLooksAtEveryThreadBesideOneThatWaitsForAFlock() throws {
    let run = try program.scenario("flock-waited-for-at-exec")
    let threads = try run.process.threads.filter { !$0.isMain }
    #expect(threads.count == 41 && threads.allSatisfy { $0.stop != nil }, "\(threads.filter { $0.stop == nil }.count)")
    #expect(threads.compactMap { $0.stop?.systemCall?.locker }.count == 1)
  }
}
