// The freeze: every thread stands, whatever it does against signals, and none is invented.

internal import CStragglerArena
internal import Glibc
internal import StragglerModel
internal import Testing

@Suite struct FreezeTests {
  private let program = TestProgram(source: "freezes.c")
  private let masks = TestProgram(source: "masks.c")
  // Bound at the start: the loader binds with more stack than one of these threads has.
  private let stacks = TestProgram(source: "stacks.c", options: ["-Wl,-z,now"])

  private func expectAllStopped(
    _ run: ProgramRun, _ names: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let process = try run.process
    #expect(process.abandoned.map(\.name) == names, sourceLocation: sourceLocation)
    #expect(process.abandoned.allSatisfy { $0.stop?.outcome == .stopped }, sourceLocation: sourceLocation)
    #expect(process.abandoned.allSatisfy { $0.stop?.stack?.reachesBase == true }, sourceLocation: sourceLocation)
    #expect(!process.freezeIncomplete, sourceLocation: sourceLocation)
    #expect(process.exit.phase == .frozen, sourceLocation: sourceLocation)
    #expect(process.losses.total == 0, sourceLocation: sourceLocation)
  }

  @Test(arguments: Recording.observed) func threadsThatBlockAllSignalsStand(recording: Recording) throws {
    let run = try masks.scenario("deaf-threads", recording)
    try expectAllStopped(
      run,
      [
        "sigmask", "procmask", "attributes", "handler", "sigwait", "sigwaitinfo", "sigtimedwait", "sigsuspend", "ppoll",
        "pselect", "epoll_pwait", "epoll_pwait2",
      ])
  }

  /// Even a set of every bit: libc keeps its own signals out of it.
  @Test func threadsThatBlockEverySignalThroughLibcStand() throws {
    try expectAllStopped(
      try masks.scenario("deaf-to-all-through-libc"), ["sigmask", "procmask", "attributes"])
  }

  /// These hand a set of every bit to the kernel as it is: by the system call's number (asm/unistd_64.h) it is known where
  /// each of them stands.
  @Test func threadsThatNoSignalReachesAreSaidNotToStand() throws {
    let process = try masks.scenario("deaf-to-all").process
    let calls = process.abandoned.map { "\($0.name ?? "") \($0.stop?.systemCall?.number ?? -1)" }
    #expect(
      calls == [
        "system call 34", "sigsuspend 130", "ppoll 271", "pselect 270", "epoll_pwait 281", "epoll_pwait2 441",
        "handler 34", "sigwait 128", "sigwaitinfo 128",
      ])
    #expect(process.abandoned.allSatisfy { $0.stop?.outcome == .unfrozen })
    #expect(process.freezeIncomplete && process.exit.phase == .frozen)
  }

  @Test func ofAThreadThatCannotBeStoppedItIsKnownWhatItWaitsFor() throws {
    let run = try masks.scenario("unstoppable")
    let process = try run.process
    let thread = try process.thread(named: "unstoppable")
    #expect(thread.stop?.systemCall?.number == 34)  // pause, asm/unistd_64.h
    #expect(run.holds(try process.thread(named: "holder")) == ["mutex journal"])
    let taker = try process.thread(named: "taker")
    #expect(run.wait(taker) == "mutex journal")
    let unseen = try process.thread(named: "unseen")
    #expect(unseen.wait == nil)
    #expect(unseen.stop?.systemCall?.arguments.first == taker.wait?.address)
    #expect(unseen.stop?.systemCall?.futexValue == 2)  // locked and waited for: nptl/lowlevellock.h
    let reader = try process.thread(named: "reader")
    #expect(reader.stop?.systemCall?.number == 0)  // read, asm/unistd_64.h
    #expect(reader.stop?.systemCall?.fileMode.map { $0 & S_IFMT } == S_IFIFO)
    #expect([thread, taker, unseen, reader].allSatisfy { $0.stop?.outcome == .unfrozen })
    #expect(try process.thread(named: "deaf").stop?.outcome == .stopped)
    #expect(process.freezeIncomplete)
  }

  @Test(arguments: ["all-handled", "all-ignored"], Recording.observed)
  func theProgramsOwnHandlersAreInNobodysWay(scenario: String, recording: Recording) throws {
    try expectAllStopped(try masks.scenario(scenario, recording), ["deaf", "sigsuspend"])
  }

  @Test func aFullSignalQueueStopsNoFreeze() throws {
    try expectAllStopped(try masks.scenario("no-signal-queue"), Array(repeating: "waiting", count: 4))
  }

  /// Without a queue the freeze comes by SIGURG, which the program may have its own use for.
  @Test func aFullSignalQueueLeavesTheProgramItsUseOfTheOtherSignal() throws {
    let process = try masks.scenario("no-signal-queue-and-urgent").process
    #expect(try process.thread(named: "waiting").stop?.outcome == .stopped)
    let deaf = try process.thread(named: "deaf to it")
    #expect(deaf.stop?.outcome == .unfrozen)
    #expect(deaf.stop?.systemCall?.number == 34)
    #expect(process.freezeIncomplete && process.exit.phase == .frozen)
  }

  @Test(arguments: Recording.observed) func ofALargeStackTheInnermostPartIsCopied(recording: Recording) throws {
    let process = try stacks.scenario("large-frames", recording).process
    let large = try process.thread(named: "large")
    let stack = try #require(large.stop?.stack)
    #expect(large.stop?.outcome == .stopped)
    #expect(stack.bytes.count == Int(STRAGGLER_STACK_COPY_LIMIT))
    #expect(stack.base == stack.sp && !stack.reachesBase && !stack.foreign)
    #expect(try process.thread(named: "small").stop?.stack?.reachesBase == true)
    #expect(process.losses.total == 0 && !process.freezeIncomplete)
  }

  @Test func aThousandThreadsStand() throws {
    try expectAllStopped(try program.scenario("thousand"), Array(repeating: "one of many", count: 1000))
  }

  @Test func threadsAmidTheirWorkStand() throws {
    try expectAllStopped(try program.scenario("busy-threads"), Array(repeating: "busy", count: 4))
  }

  @Test func aThreadWithoutRoomForASignalIsLeftAlone() throws {
    let run = try stacks.scenario("little-stack")
    let deep = try run.process.thread(named: "deep")
    #expect(deep.stop?.outcome == .unfrozen)
    #expect(deep.stop?.systemCall?.number == 34)
    #expect(try run.process.thread(named: "waiting").stop?.outcome == .stopped)
  }

  /// A signal would end the process: the kernel finds no room for its frame.
  @Test(arguments: Recording.observed) func aThreadThatRunsDeepInItsStackIsLeftAlone(recording: Recording) throws {
    let process = try stacks.scenario("deep-and-running", recording).process
    #expect(try process.thread(named: "deep").stop?.outcome == .unfrozen)
    #expect(try process.thread(named: "waiting").stop?.outcome == .stopped)
    #expect(process.exit.phase == .frozen)
  }

  @Test(arguments: Recording.observed) func aThreadThatRunsOnTheSmallestStackDoesNoHarm(recording: Recording) throws {
    let process = try stacks.scenario("smallest-stack", recording).process
    #expect(process.abandoned.map(\.name) == ["busy"])
    #expect(process.exit.phase == .frozen)
  }

  /// No signal reaches it before its child has gone on (vfork(2)).
  @Test func aParentInVforkIsSaidNotToStand() throws {
    let process = try masks.scenario("vfork-parent").process
    #expect(try process.thread(named: "parent").stop?.outcome == .unfrozen)
    #expect(try process.thread(named: "parent").stop?.systemCall?.number == 58)  // vfork, asm/unistd_64.h
  }

  @Test(arguments: Recording.observed) func aThreadOnItsSignalStackStands(recording: Recording) throws {
    let process = try stacks.scenario("disarmed-stack", recording).process
    #expect(process.abandoned.map { $0.stop?.outcome } == [.stopped])
    #expect(!process.freezeIncomplete)
  }

  @Test func aThreadWithoutRoomIsStoppedOnItsAlternateStack() throws {
    let deep = try stacks.scenario("alternate-stack").process.thread(named: "deep")
    #expect(deep.stop?.outcome == .stopped)
    #expect(deep.stop?.stack?.foreign == false)
    #expect(deep.stack.map { stack in stack.contains(deep.stop?.stack?.sp ?? 0) } == true)
  }

  /// The kernel ends a process that has no room for a signal's frame there.
  @Test(arguments: Recording.observed) func anAlternateStackThatIsTooSmallIsNotUsed(recording: Recording) throws {
    let process = try stacks.scenario("smallest-alternate-stack", recording).process
    #expect(try process.thread(named: "deep").stop?.outcome == .unfrozen)
    #expect(try process.thread(named: "waiting").stop?.outcome == .stopped)
    #expect(process.exit.phase == .frozen)
  }

  @Test(arguments: ["full-alternate-stack", "full-alternate-stack-running"], Recording.observed)
  func aThreadOnAnAlternateStackWithoutRoomIsLeftAlone(scenario: String, recording: Recording) throws {
    let process = try stacks.scenario(scenario, recording).process
    #expect(try process.thread(named: "full").stop?.outcome == .unfrozen)
    #expect(try process.thread(named: "waiting").stop?.outcome == .stopped)
    #expect(process.exit.phase == .frozen)
  }

  @Test func anAlternateStackThatWasGivenUpIsNotUsed() throws {
    let deep = try stacks.scenario("alternate-stack-given-up").process.thread(named: "deep")
    #expect(deep.stop?.outcome == .unfrozen)
  }

  @Test(arguments: Recording.observed) func aThreadThatComesBackFromVforkIsStillThere(recording: Recording) throws {
    let run = try program.scenario("vforking", recording)
    try expectAllStopped(run, ["forking"])
    let thread = try run.process.thread(named: "forking")
    #expect(!thread.vanished)
    #expect(thread.holds.map(\.kind) == [.mutex])
  }

  @Test(arguments: Recording.observed) func aThreadThatIsJustGettingItsPlaceInTheRecordIsStillThere(
    recording: Recording
  ) throws {
    let process = try program.scenario("amid-an-adoption", recording).process
    let thread = try process.thread(named: "adopting")
    #expect(thread.adopted && !thread.vanished)
    #expect(thread.stop?.outcome == .stopped)
    #expect(thread.holds.isEmpty && process.threads.count == 2)
  }

  @Test func threadsThatWereJustJoinedAreNotAbandoned() throws {
    for _ in 0..<20 {
      let process = try program.scenario("just-joined").process
      #expect(process.abandoned.map(\.number) == [])
      #expect(process.unjoined.map(\.number) == [])
      #expect(!process.freezeIncomplete)
    }
  }

  /// Each has done its work, and may still be on its way out.
  @Test func detachedThreadsThatAreJustEndingDoNotHoldUpTheFreeze() throws {
    for _ in 0..<20 {
      let process = try program.scenario("just-detached").process
      #expect(process.abandoned.allSatisfy { $0.stop?.outcome == .stopped && $0.holds.isEmpty })
      #expect(process.unjoined.map(\.number) == [])
      #expect(!process.freezeIncomplete)
    }
  }

  /// Its creator may have been stopped just before the kernel made it.
  private static func standsOrIsNotBorn(_ child: RecordedThread) -> Bool {
    child.stop?.outcome == .stopped || child.lifecycle == .starting && child.id == nil
  }

  /// A child between its birth and its end is alive, and abandoned; more of them than there are parents were invented.
  @Test func threadsBornAndDyingDuringTheExitAreNotInvented() throws {
    for _ in 0..<50 {
      let process = try program.scenario("births-and-deaths").process
      let parents = process.abandoned.filter { $0.name == "parent" }
      #expect(parents.count == 2)
      #expect(parents.allSatisfy { $0.stop?.outcome == .stopped })
      let children = process.abandoned.filter { $0.name != "parent" }
      #expect(children.count <= 2)
      #expect(children.allSatisfy(Self.standsOrIsNotBorn))
      #expect(!process.freezeIncomplete)
      #expect(children.allSatisfy { child in parents.contains { $0.number == child.creator } })
      #expect(process.unjoined.count + children.count <= 2)
      #expect(process.exit.phase == .frozen)
    }
  }

  @Test func detachedThreadsBornDuringTheExitDoNotHoldItUp() throws {
    for _ in 0..<20 {
      let process = try program.scenario("detached-births").process
      #expect(try process.thread(named: "parent").stop?.outcome == .stopped)
      let parent = try process.thread(named: "parent").number
      let children = process.abandoned.filter { $0.number != parent }
      #expect(children.allSatisfy { Self.standsOrIsNotBorn($0) && $0.creator == parent && $0.holds.isEmpty })
      #expect(process.exit.phase == .frozen && !process.freezeIncomplete)
      #expect(process.unjoined.isEmpty)
    }
  }

  /// Whichever of the recorder's first steps in it comes next, and whether its creator has said yet which thread it is: it is in the
  /// record once, as what it was created for.
  @Test(arguments: [
    "newborn-before-its-first-step", "newborn-amid-its-first-steps", "newborn-amid-the-freeze",
    "newborn-whose-creator-stands",
  ])
  func aThreadThatIsJustBeingBornIsInTheRecord(scenario: String) throws {
    let steps = ["straggler_thread_begin", "straggler_thread_created", "pthread_self"].map { "-Wl,--wrap=\($0)" }
    let program = TestProgram(source: "freezes.c", options: ["-Wl,-z,now"] + steps)
    let process = try program.scenario(scenario, .linked).process
    let creator = try process.threads.first { $0.name == "creator" } ?? process.main
    let others = process.abandoned.filter { $0.number != creator.number }
    #expect(others.count == 1)
    let newborn = try #require(others.first)
    #expect(newborn.lifecycle == .alive && newborn.id != nil && !newborn.adopted && !newborn.detached)
    #expect(newborn.creator == creator.number && newborn.startRoutine != nil && newborn.creation != nil)
    #expect(newborn.stop?.outcome == .stopped)
    #expect(newborn.stop?.stack?.bytes.isEmpty == false)
    #expect(!process.freezeIncomplete && process.exit.phase == .frozen && process.losses.total == 0)
  }

  /// Another thread that is about to exec has noted what each one does, without stopping it.
  @Test func anExitStopsWhomAnExecHasOnlyLookedAt() throws {
    let options = ["-Wl,-z,now", "-Wl,--wrap=straggler_exec_begin"]
    let process = try TestProgram(source: "freezes.c", options: options).scenario("amid-an-exec", .linked).process
    #expect(try process.thread(named: "waiting").stop?.outcome == .stopped)
    #expect(try process.thread(named: "executing").stop?.outcome == .stopped)
    #expect(process.exit.kind == .return && process.exit.phase == .frozen && !process.freezeIncomplete)
  }
}
