// Programs built with sanitizers, which intercept the same functions: they find what they find alone, and so do we.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

/// A sanitizer, as one compiler brings it: in a library of its own (gcc's, clang's shared one), or in the program's file.
enum Sanitizer: String, CaseIterable, Sendable {
  case gccAddress, gccThread, gccUndefined, clangAddress, clangSharedAddress, clangThread, clangMemory

  var program: TestProgram {
    TestProgram(source: "company.c", options: options, sanitizer: clangs)
  }

  /// What clang's -fsanitize is given; nil where it is gcc's.
  private var clangs: String? {
    switch self {
    case .gccAddress, .gccThread, .gccUndefined: nil
    case .clangAddress, .clangSharedAddress: "address"
    case .clangThread: "thread"
    case .clangMemory: "memory"
    }
  }

  private var options: [String] {
    switch self {
    case .gccAddress: ["-fsanitize=address"]
    case .gccThread: ["-fsanitize=thread"]
    case .gccUndefined: ["-fsanitize=undefined"]
    case .clangSharedAddress: ["-shared-libasan", "-Wl,-rpath,\(Recorder.clangRuntimes)"]
    case .clangAddress, .clangThread, .clangMemory: []
    }
  }
}

@Suite struct SanitizerTests {
  private func expectTheHolder(_ run: ProgramRun, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let holder = try run.process.thread(named: "holder")
    #expect(run.holds(holder) == ["mutex held"], sourceLocation: sourceLocation)
    #expect(try run.process.file("/dev/null").opener == holder.number, sourceLocation: sourceLocation)
  }

  @Test(arguments: Sanitizer.allCases, Recording.observed)
  func nobodySaysMoreThanThereIs(sanitizer: Sanitizer, recording: Recording) throws {
    let run = try sanitizer.program.run(["no-mistake"], recording)
    #expect(run.end == .status(7) && run.errorOutput == "")
    try expectTheHolder(run)
    #expect(try run.process.thread(named: "holder").stop?.outcome == .stopped)
  }

  @Test(arguments: [Sanitizer.gccThread, .clangThread], Recording.allCases)
  func aRaceIsReportedAndWhatALockGuardsIsNot(sanitizer: Sanitizer, recording: Recording) throws {
    let run = try sanitizer.program.run(["race"], recording)
    #expect(run.end == .status(66))
    #expect(run.errorOutput.contains("data race") && run.errorOutput.contains("count_unguarded"))
    #expect(!run.errorOutput.contains("count_guarded"))
    if recording != .alone { try expectTheHolder(run) }
  }

  @Test(arguments: [Sanitizer.gccAddress, .clangAddress, .clangSharedAddress], Recording.allCases)
  func anOverflowIsReported(sanitizer: Sanitizer, recording: Recording) throws {
    let run = try sanitizer.program.run(["overflow"], recording)
    #expect(run.end == .status(1))
    #expect(run.errorOutput.contains("heap-buffer-overflow") && run.errorOutput.contains("read_beyond"))
    if recording != .alone { try expectTheHolder(run) }
  }

  @Test(arguments: [Sanitizer.gccAddress, .clangAddress, .clangSharedAddress], Recording.allCases)
  func aLeakIsReported(sanitizer: Sanitizer, recording: Recording) throws {
    let run = try sanitizer.program.run(["leak"], recording)
    #expect(run.end == .status(1))
    #expect(run.errorOutput.contains("Direct leak of 1234 byte(s)") && run.errorOutput.contains("leak_memory"))
    if recording != .alone { try expectTheHolder(run) }
  }

  /// A renderer of the test's: its status becomes the program's.
  @Test(arguments: Sanitizer.allCases)
  func aLinkedProgramsReportIsMadeAtItsExit(sanitizer: Sanitizer) throws {
    let alone = ["STRAGGLER_SOCKET": nil, "STRAGGLER_RENDERER": "/bin/false"]
    let run = try sanitizer.program.run(["no-mistake"], .linked, environment: alone)
    #expect(run.end == .status(1) && run.errorOutput == "")
  }

  /// It is not the program that was named, so nobody could look at its file beforehand.
  @Test(arguments: [Sanitizer.gccAddress, .clangSharedAddress])
  func aChildThatWantsItsLibraryFirstOfAllRuns(sanitizer: Sanitizer) throws {
    let run = try sanitizer.program.run(["no-mistake"], wrapper: ["/bin/sh", "-c", "\"$0\" \"$@\"; exit $?"])
    #expect(run.end == .status(7) && run.errorOutput == "")
    #expect(run.processes.map(\.exit.status) == [7, 7])
  }

  /// clang's AddressSanitizer keeps two KiB on the stack between the program's call and ours.
  @Test(arguments: [Sanitizer.clangAddress, .clangThread, .clangMemory])
  func theOpeningsStackReachesBeyondTheSanitizersFrame(sanitizer: Sanitizer) throws {
    let run = try sanitizer.program.run(["no-mistake"])
    let opened = try run.process.file("/dev/null").opened
    let frame = try #require(opened.fp)
    #expect(opened.reachesBase || opened.base + UInt64(opened.bytes.count) >= frame + 512)
  }
}
