// Children of an observed process: none writes into its parent's record, forked ones have a record of their own.

internal import StragglerModel
internal import Testing

@Suite struct ChildTests {
  private let program = TestProgram(source: "children.c")

  /// The parent has what it had before the child did everything.
  private func expectUnchanged(_ run: ProgramRun, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let main = try run.process.main
    #expect(main.name == "parent", sourceLocation: sourceLocation)
    #expect(run.holds(main) == ["mutex m"], sourceLocation: sourceLocation)
    #expect(try run.process.file("zero").descriptor == 3, sourceLocation: sourceLocation)
    #expect(try run.process.files.count == 1, sourceLocation: sourceLocation)
  }

  @Test(arguments: Recording.observed) func aForkedChildHasARecordOfItsOwn(recording: Recording) throws {
    let run = try program.scenario("forked", recording)
    try expectUnchanged(run)
    #expect(run.processes.count == 2)
    let (parent, child) = (run.processes[0], run.processes[1])
    #expect(child.forked && !parent.forked)
    #expect(child.id != parent.id && child.parentID == parent.id)
    #expect(child.executable == parent.executable && child.arguments == parent.arguments)
    #expect(child.exit.kind == .return && child.exit.status == 5)
    #expect(child.threads.map(\.name) == ["child"])
    #expect(try run.holds(child.main) == ["mutex other"])
    #expect(child.files.map(\.path) == ["/dev/null"])
    #expect(!child.modules.isEmpty)
    #expect(parent.abandoned.map(\.name) == ["bystander"])
  }

  @Test func aForkedChildHoldsWhatTheForkingThreadHeld() throws {
    let run = try program.scenario("forked-holding")
    let child = try #require(run.processes.last)
    #expect(child.exit.kind == .underscore)
    #expect(try run.holds(child.main) == ["mutex m"])
    #expect(try child.main.name == "parent")
  }

  @Test func threadsOfAForkedChildAreRecordedInIt() throws {
    let run = try program.scenario("forked-with-thread")
    try expectUnchanged(run)
    let child = try #require(run.processes.last)
    #expect(child.abandoned.map(\.name) == ["child"])
    #expect(child.abandoned.map(run.holds) == [["mutex other"]])
    #expect(child.abandoned.allSatisfy { $0.stop?.outcome == .stopped })
  }

  @Test func locksOfTheParentsThreadsStayLockedInTheChildButForStreams() throws {
    let run = try program.scenario("forked-beside-locks")
    let holder = try #require(run.processes.last?.threads.first { $0.ofParent })
    #expect(holder.name == "holder")
    #expect(
      run.holds(holder) == ["read-write-lock read_side shared", "read-write-lock write_side", "spin-lock spin"])
  }

  @Test(arguments: Recording.observed)
  func locksThatNobodyGivesBackInAChildStayLockedInItsChildren(recording: Recording) throws {
    let run = try program.scenario("forked-twice-beside-locks", recording)
    try #require(run.processes.count == 3)
    for process in run.processes.dropFirst() {
      let holders = process.threads.filter(\.ofParent)
      #expect(holders.map(\.name) == ["ended", "holder"])
      #expect(holders.map(\.ofAncestor) == Array(repeating: process.parentID != run.processes[0].id, count: 2))
      #expect(
        holders.map(run.holds) == [
          ["mutex other"], ["read-write-lock read_side shared", "read-write-lock write_side", "spin-lock spin"],
        ])
    }
  }

  /// A slot has room for eight; what is beyond them is counted, and no more.
  @Test func ofTheForkingThreadsManyLocksTheLastAreLost() throws {
    let run = try program.scenario("forked-holding-many")
    try #require(run.processes.count == 3)
    #expect(try run.process.main.holds.count == 10 && run.process.losses.total == 0)
    #expect(try run.processes[1].main.holds.count == 8 && run.processes[1].losses.holds == 2)
    #expect(try run.processes[2].main.holds.isEmpty && run.processes[2].losses.total == 0)
  }

  @Test func ofTheParentsThreadsNoMoreThan64LocksAreKept() throws {
    let run = try program.scenario("forked-beside-many-holders")
    let child = try #require(run.processes.last)
    #expect(child.forked && child.threads.filter(\.ofParent).count == 10)
    #expect(child.threads.filter(\.ofParent).map(\.holds.count).reduce(0, +) == 64)
    #expect(child.losses.holds == 6)
    #expect(try run.process.losses.total == 0)
  }

  @Test func ofOneOfTheParentsThreadsNoMoreThanEightLocksAreKept() throws {
    let run = try program.scenario("forked-beside-a-holder-of-many")
    let child = try #require(run.processes.last)
    #expect(child.threads.filter(\.ofParent).map(\.holds.count) == [8])
    #expect(child.losses.holds == 2)
    #expect(try run.process.thread(named: "holder").holds.count == 10)
  }

  @Test(arguments: Recording.observed) func aDaemonHasARecordOfItsOwn(recording: Recording) throws {
    let run = try program.scenario("daemonized", recording)
    try #require(run.processes.count == 3)
    // The one that called is gone at once: whose child the daemon is when it attaches is a matter of luck.
    let daemon = run.processes[2]
    #expect(daemon.forked && daemon.id != run.processes[1].id)
    #expect(daemon.exit.kind == .return && daemon.exit.status == 5)
    #expect(try daemon.main.name == "daemon")
    #expect(try run.holds(daemon.main) == ["mutex m", "mutex other"], "\(daemon.threads.map(run.holds))")
  }

  @Test(arguments: Recording.observed) func aChildOnATerminalHasARecordOfItsOwn(recording: Recording) throws {
    let run = try program.scenario("forked-on-a-terminal", recording)
    try #require(run.processes.count == 2)
    let child = run.processes[1]
    #expect(try child.forked && child.parentID == run.process.id)
    #expect(child.exit.kind == .return && child.exit.status == 5)
    #expect(try child.main.name == "child")
    #expect(try run.holds(child.main) == ["mutex m", "mutex other"], "\(child.threads.map(run.holds))")
    #expect(try run.process.files.map(\.path) == ["/dev/zero", "/dev/ptmx"])
  }

  @Test func aForkedChildsChildHasARecordOfItsOwnToo() throws {
    let run = try program.scenario("grandchild")
    try expectUnchanged(run)
    #expect(run.processes.count == 3)
    #expect(run.processes[1].parentID == run.processes[0].id)
    #expect(run.processes[2].parentID == run.processes[1].id)
    #expect(try run.holds(run.processes[1].main) == ["mutex m"])
    #expect(try run.holds(run.processes[2].main) == ["mutex other"])
  }

  @Test(arguments: ["raw-fork", "raw-clone", "libc-clone"], Recording.observed)
  func aChildMadePastLibcsForkLeavesItsParentsRecordAlone(scenario: String, recording: Recording) throws {
    let run = try program.scenario(scenario, recording)
    try expectUnchanged(run)
    #expect(run.processes.count == 1)
    #expect(try run.process.children.unrecorded == 1)
    #expect(try run.process.exit.kind == .return)
  }

  @Test(arguments: Recording.observed) func aChildOfUnderscoreForkHasARecordOfItsOwn(recording: Recording) throws {
    let run = try program.scenario("underscore-fork", recording)
    try expectUnchanged(run)
    #expect(run.processes.count == 2)
    let child = try #require(run.processes.last)
    #expect(child.forked && child.exit.kind == .underscore && child.exit.status == 5)
    #expect(try run.holds(child.main) == ["mutex other"])
    #expect(try run.process.children.unrecorded == 0)
  }

  @Test(arguments: ["sharing", "sharing-while-suspended"], Recording.observed)
  func aChildThatSharesMemoryIsNotTakenForItsParent(scenario: String, recording: Recording) throws {
    let run = try program.scenario(scenario, recording)
    #expect(run.processes.count == 1)
    let main = try run.process.main
    #expect(main.name == "parent")
    #expect(run.holds(main) == ["mutex m", "mutex third"])
    #expect(try run.process.files.map(\.path) == ["/dev/zero"])
    #expect(try run.process.threads.count == 1)
    #expect(try run.process.children.unrecorded == 1)
    #expect(try run.process.exit.kind == .return)
  }

  @Test func aThreadThatSharesItsStorageIsSeenEnding() throws {
    let process = try program.scenario("sharing-in-thread").process
    #expect(process.threads.map(\.isMain) == [true])
    #expect(process.children.unrecorded == 1)
  }

  @Test(arguments: ["spawned", "vforked-and-spawned", "sharing-and-spawned"])
  func aChildThatBecomesAnotherProgramAtOnceIsKnownByItsNumber(scenario: String) throws {
    let run = try program.scenario(scenario)
    let spawned = try run.process.children.spawned
    #expect(spawned == run.processes.dropFirst().map(\.id))
    #expect(spawned.count == 2)
    #expect(try run.process.children.unrecorded == 0)
  }

  @Test func anExecOfAChildThatFailsIsNoProgram() throws {
    let process = try program.scenario("spawned-in-vain").process
    #expect(process.children == RecordedChildren())
  }

  @Test func aChildThatCanNotReachTheCommandLineIsCounted() throws {
    let run = try program.scenario("out-of-reach")
    try expectUnchanged(run)
    #expect(run.processes.count == 1)
    #expect(try run.process.children.unrecorded == 1)
  }

  @Test(arguments: Recording.observed) func aVforkedChildLeavesItsParentsRecordAlone(recording: Recording) throws {
    let run = try program.scenario("vforked", recording)
    #expect(run.processes.count == 1)
    #expect(try run.mainHolds == ["mutex m", "mutex other"])
    #expect(try run.process.files.map(\.path) == ["/dev/zero"])
    #expect(try run.process.exit.kind == .return && run.process.exit.status == 0)
  }

  @Test func programsThatAVforkedChildBecomesAreObservedAndItsParentGoesOn() throws {
    let run = try program.scenario("vforked-and-replaced")
    try expectUnchanged(run)
    #expect(run.processes.count == 21)
    #expect(run.processes.dropFirst().allSatisfy { $0.executable.hasSuffix("/false") && $0.exit.status == 1 })
  }

  @Test(arguments: Recording.observed) func forksAmidThreadsBeingCreatedAllComeToTheirEnd(recording: Recording) throws {
    let run = try program.scenario("forked-amid-creations", recording)
    #expect(run.processes.count == 51)
    let children = run.processes.dropFirst()
    #expect(children.allSatisfy { $0.threads.count == 1 && $0.exit.phase == .frozen && $0.exit.status == 5 })
    #expect(children.allSatisfy { !$0.modules.isEmpty })
  }
}
