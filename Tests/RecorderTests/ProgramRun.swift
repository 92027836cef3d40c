// One run of a test program, and what its recorder left of it.

internal import CStragglerArena
internal import Glibc
internal import StragglerModel
internal import Testing

@testable internal import StragglerProcesses

/// What came of a program.
struct ProgramRun {
  var end: Subprocess.Result.End
  var output: String
  var errorOutput: String
  /// Every process that a recorder attached to, in that order.
  var processes: [RecordedProcess]
  /// How many thread slots each of them ever used.
  var slotsUsed: [Int]
  /// How much memory each of their arenas took.
  var arenaBytes: [Int]

  /// The lines that the program printed.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The names that the program gave to addresses: its lines "name 0x...".
  var names: [UInt64: String] {
    var names: [UInt64: String] = [:]
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count == 2, words[1].hasPrefix("0x") else { continue }
      guard let address = UInt64(words[1].dropFirst(2), radix: 16) else { continue }
      names[address] = String(words[0])
    }
    return names
  }

  /// The program's own record.
  var process: RecordedProcess {
    get throws { try #require(processes.first, "no recorder attached: \(errorOutput)") }
  }
}

extension TestProgram {
  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - environment: Values that are added to this process's; nil takes a variable away.
  ///   - wrapper: Words before the program's own path, such as those of `env` or a shell.
  func run(
    _ arguments: [String] = [], _ recording: Recording = .preloaded, environment: [String: String?] = [:],
    wrapper: [String] = [], timeLimit: Duration = .seconds(60)
  ) throws -> ProgramRun {
    let directory = try PrivateDirectory(parent: TestFolder.path)
    let socket = try RecorderSocket(in: directory)
    var variables = environment
    if recording != .alone { variables["STRAGGLER_SOCKET"] = environment["STRAGGLER_SOCKET"] ?? socket.path }
    if recording == .preloaded {
      variables["LD_PRELOAD"] = ([Recorder.library] + [environment["LD_PRELOAD"]].compactMap { $0 ?? nil }).joined(
        separator: ":")
    }
    let words = wrapper + [path(recording)] + arguments
    let program = Subprocess(
      words[0], Array(words.dropFirst()), environment: variables, workingDirectory: TestFolder.path,
      timeLimit: timeLimit)
    let result = try program.run()
    // The arenas have waited in the socket's queue: what is read now is final.
    let hellos = socket.receive(spare: 0)
    let processes = try hellos.map { hello in
      try ArenaReader.read(descriptor: hello.arena.number, name: "of process \(hello.processID)")
    }
    return ProgramRun(
      end: result.end, output: String(decoding: result.output, as: UTF8.self),
      errorOutput: String(decoding: result.errorOutput, as: UTF8.self), processes: processes,
      slotsUsed: hellos.map { Self.slotsUsed($0.arena.number) },
      arenaBytes: hellos.map { Self.bytesTaken($0.arena.number) })
  }

  private static func bytesTaken(_ arena: Int32) -> Int {
    var status = stat()
    return fstat(arena, &status) == 0 ? Int(status.st_blocks) * 512 : -1
  }

  /// Threads that ended are no longer in the record: only the region's high-water mark tells how many slots they took.
  private static func slotsUsed(_ arena: Int32) -> Int {
    var header = StragglerArenaHeader()
    let size = MemoryLayout<StragglerArenaHeader>.size
    guard pread(arena, &header, size, 0) == size else { return -1 }
    return Int(header.regions.1.used)
  }

  /// Runs one scenario of the program, which must end with status 0.
  func scenario(
    _ name: String, _ recording: Recording = .preloaded, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> ProgramRun {
    let run = try run([name], recording)
    #expect(run.end == .status(0), "\(run.errorOutput)", sourceLocation: sourceLocation)
    return run
  }
}
