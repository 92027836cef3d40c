// The ways out of a process: each leaves a record that says who was cut off with what.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct ExitTests {
  private let program = TestProgram(source: "exits.c")

  /// A way out, and what it has to look like.
  struct Way: Sendable {
    var scenario: String
    var kind: RecordedExit.Kind
    var status: Int32 = 3
  }

  /// The thread that was left holds its mutex, and is the only one that was left besides `others`.
  private func expectHolder(
    _ run: ProgramRun, stopped: Bool = true, others: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let process = try run.process
    let holder = try process.thread(named: "holder")
    #expect(run.holds(holder) == ["mutex m"], sourceLocation: sourceLocation)
    #expect(holder.stop?.outcome == (stopped ? .stopped : nil), sourceLocation: sourceLocation)
    #expect(process.abandoned.count == 1 + others, sourceLocation: sourceLocation)
  }

  static let ways = [
    Way(scenario: "returned", kind: .return), Way(scenario: "exited", kind: .return),
    Way(scenario: "underscored", kind: .underscore), Way(scenario: "capitalized", kind: .underscore),
    Way(scenario: "quick", kind: .quick), Way(scenario: "in-callback", kind: .return, status: 8),
    Way(scenario: "underscore-in-callback", kind: .underscore, status: 8),
    Way(scenario: "in-handler", kind: .underscore, status: 14),
    Way(scenario: "in-handler-by-exit", kind: .return, status: 14),
    Way(scenario: "in-handler-by-quick-exit", kind: .quick, status: 14),
    Way(scenario: "thread-from-callback", kind: .return),
  ]

  @Test(arguments: ways, Recording.observed)
  func aWayOutThroughLibcIsRecordedWithItsStatus(way: Way, recording: Recording) throws {
    let run = try program.run([way.scenario], recording)
    #expect(run.end == .status(Int(way.status)))
    let exit = try run.process.exit
    #expect(exit.kind == way.kind && exit.status == way.status && exit.phase == .frozen)
    #expect(try run.process.threads.filter(\.exiting).map(\.isMain) == [true])
    #expect(try run.process.main.stop?.outcome == .itself)
    try expectHolder(run)
  }

  static let deaths = ["killed": 9, "aborted": 6, "crashed": 11, "terminated": 15, "interrupted": 2]

  @Test(arguments: deaths, Recording.observed)
  func afterADeathBySignalTheRecordStillSaysWhoHeldWhat(death: (key: String, value: Int), recording: Recording) throws {
    let run = try program.run([death.key], recording)
    #expect(run.end == .signal(death.value))
    #expect(try run.process.exit.phase == .running)
    #expect(try !run.process.modules.isEmpty)
    // Nobody exited: the main thread was cut off as well.
    try expectHolder(run, stopped: false, others: 1)
  }

  @Test func anExitPastLibcLeavesARecordThatSaysNothingOfIt() throws {
    let run = try program.run(["raw"])
    #expect(run.end == .status(3))
    #expect(try run.process.exit.kind == .none)
    try expectHolder(run, stopped: false, others: 1)
  }

  @Test func aThreadMayExitWhileMainJoinsIt() throws {
    let run = try program.run(["from-thread-being-joined"])
    #expect(run.end == .status(4))
    try expectHolder(run, others: 1)
    let main = try run.process.main
    #expect(!main.exiting && main.stop?.outcome == .stopped)
    #expect(main.wait?.kind == .join)
    #expect(try run.process.exit.thread == main.wait?.thread)
  }

  @Test func theLastThreadsEndIsAnOrdinaryExit() throws {
    let run = try program.run(["last-thread"])
    #expect(run.end == .status(0))
    let process = try run.process
    #expect(process.exit.kind == .return && process.exit.phase == .frozen)
    #expect(process.abandoned.isEmpty)
    #expect(try process.main.mainEnded)
    #expect(try run.mainHolds == ["mutex m"])
  }

  @Test(
    arguments: [
      "both-exit", "both-underscore-exit", "one-of-each", "both-quick-exit", "quick-and-exit",
      "quick-and-underscore-exit",
    ], Recording.observed)
  func ofTwoThreadsThatEndTheProcessOneDoes(scenario: String, recording: Recording) throws {
    for _ in 0..<10 {
      let run = try program.run([scenario], recording)
      let exit = try run.process.exit
      #expect(run.end == .status(5) || run.end == .status(6))
      #expect(run.end == .status(Int(exit.status)) && exit.phase == .frozen)
      #expect(try run.process.main.stop?.outcome == .stopped)
      #expect(try run.holds(run.process.thread(named: "holder")) == ["mutex m"])
    }
  }

  static let waysOfHandlers = [
    Way(scenario: "in-handler-of-thread", kind: .underscore, status: 14),
    Way(scenario: "in-handler-of-thread-by-exit", kind: .return, status: 14),
    Way(scenario: "in-handler-of-thread-by-quick-exit", kind: .quick, status: 14),
  ]

  @Test(arguments: waysOfHandlers, Recording.observed)
  func aHandlerMayEndTheProcessFromTheMiddleOfAThread(way: Way, recording: Recording) throws {
    let run = try program.run([way.scenario], recording)
    #expect(run.end == .status(Int(way.status)))
    #expect(try run.process.exit.kind == way.kind)
    #expect(try run.process.exit.phase == .frozen)
    let exiting = try #require(try run.process.threads.first { $0.exiting })
    #expect(run.holds(exiting) == ["mutex own"])
    try expectHolder(run, others: 1)
  }

  static let waysOfThreads = [
    Way(scenario: "exit-while-main-works", kind: .return, status: 4),
    Way(scenario: "underscore-exit-while-main-works", kind: .underscore, status: 4),
    Way(scenario: "quick-exit-while-main-works", kind: .quick, status: 4),
  ]

  @Test(arguments: waysOfThreads, Recording.observed)
  func aThreadThatEndsTheProcessCutsMainOff(way: Way, recording: Recording) throws {
    let run = try program.run([way.scenario], recording)
    #expect(run.end == .status(Int(way.status)))
    let process = try run.process
    #expect(process.exit.kind == way.kind && process.exit.status == way.status && process.exit.phase == .frozen)
    let main = try process.main
    #expect(!main.exiting && main.stop?.outcome == .stopped)
    #expect(try run.mainHolds == ["mutex own"])
    #expect(process.threads.filter(\.exiting).map(\.number) == [process.exit.thread])
    try expectHolder(run, others: 1)
  }

  /// The recorder must need neither the allocator nor the loader: they are locked, and stay so.
  @Test(arguments: [("amid-allocations", 4, 12), ("amid-loader", 1, 1)], Recording.observed)
  func locksOfLibcThatOthersStandInDoNotHoldUpTheExit(
    scenario: (name: String, others: Int, rounds: Int), recording: Recording
  ) throws {
    for _ in 0..<scenario.rounds {
      let run = try program.run([scenario.name], recording)
      #expect(run.end == .status(3), "\(run.errorOutput)")
      let process = try run.process
      #expect(process.exit.kind == .underscore && process.exit.phase == .frozen)
      #expect(!process.freezeIncomplete && !process.modules.isEmpty)
      #expect(process.abandoned.allSatisfy { $0.stop?.outcome == .stopped })
      try expectHolder(run, others: scenario.others)
    }
  }

  @Test(arguments: Recording.allCases) func aQuickExitRunsItsOwnCallbacksOnly(recording: Recording) throws {
    let run = try program.run(["quick-with-callbacks"], recording)
    #expect(run.end == .status(3))
    #expect(run.output == "quick\n")
  }

  /// An exit that takes longer than the threads are kept standing: what they do then is not what was abandoned.
  @Test(arguments: Recording.observed) func whatThreadsDoAfterTheRecordIsNotInIt(recording: Recording) throws {
    let run = try program.scenario("goes-on-after-its-record", recording)
    let process = try run.process
    #expect(run.holds(try process.thread(named: "busy")) == ["mutex m"])
    let waiting = try process.thread(named: "waiting")
    #expect(run.holds(waiting) == [])
    #expect(waiting.wait?.kind == .mutex)
  }

  @Test(arguments: Recording.allCases) func aThreadCanBeCancelledAfterTheRecord(recording: Recording) throws {
    let run = try program.run(["cancels-after-its-record"], recording)
    #expect(run.end == .status(0))
    #expect(run.output == "cancelled\n")
  }

  /// The freeze answers to libc's signal of cancellation itself: what was meant for libc comes again.
  @Test(arguments: Recording.observed) func aCancellationThatComesWithTheFreezeIsNotLost(recording: Recording) throws {
    let run = try program.scenario("cancels-as-the-freeze-comes", recording)
    #expect(run.output == "cancelled\n")
    #expect(try run.process.abandoned.map { $0.stop?.outcome } == [.stopped])
  }

  /// The freeze uses SIGURG where there is no queue for others.
  @Test(arguments: ["urgent-handled", "urgent-ignored", "urgent-by-default"], Recording.allCases)
  func whatSIGURGDoesIsAsBeforeAfterTheRecord(scenario: String, recording: Recording) throws {
    let run = try program.scenario(scenario, recording)
    #expect(run.output == "as before\n")
    if recording != .alone { #expect(try run.process.abandoned.map { $0.stop?.outcome } == [.stopped]) }
  }

  /// What the exit does after its record never ends: that another thread ends the process is the program's own way out.
  @Test(arguments: Recording.allCases) func anotherThreadMayEndAnExitThatIsPastItsRecord(recording: Recording) throws {
    let run = try program.run(["ended-by-another-after-its-record"], recording)
    #expect(run.end == .status(9))
    #expect(run.output == "")
  }

  @Test(arguments: Recording.observed) func aProgramThatLeavesNothingHasACleanRecord(recording: Recording) throws {
    let process = try program.scenario("nothing", recording).process
    #expect(process.threads.count == 1)
    #expect(process.files.isEmpty)
    #expect(process.losses.total == 0)
    #expect(process.linked == (recording == .linked))
    #expect(process.arguments.last == "nothing" && !process.argumentsCut)
  }
}
