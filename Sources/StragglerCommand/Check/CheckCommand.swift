// `straggler check`: runs fixture programs and holds each against what it says of itself.

internal import ArgumentParser
internal import FoundationEssentials
internal import StragglerAnalysis

/// The subcommand. Status 0: all as stated; 1: some not; 2: it could not do its work, a malformed fixture included.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Run fixture programs and hold each against what it says of itself.",
    discussion: """
      A fixture program states in comment lines what must be found in it: FINDING:, NO-FINDING:, UNSEEN:, NO-UNSEEN:, \
      CLEAN:, EXIT:, OUTPUT:, with RUN: for options of straggler run and BUILD: for the command that makes it. Folders \
      are searched for .c, .cc, .cpp, .cxx, .swift, .py, .sh and executable files; what lies in a folder named Support \
      is no program.

      Status: 0 all as stated, 1 some not, 2 the check could not be made.
      """)

  @Argument(help: "Fixture programs, or folders of them.", completion: .file())
  var paths: [String] = ["Fixtures"]

  @Option(name: [.short, .long], help: "How many run at once. (default: the number of processors)")
  var jobs: Int?

  @Option(name: .long, help: ArgumentHelp("How long one program may take to build or to run.", valueName: "seconds"))
  var timeLimit: Int = 60

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs: expected a number from 1, found \(jobs)") }
    if timeLimit < 1 { throw ValidationError("--time-limit: expected seconds from 1, found \(timeLimit)") }
  }

  func run() throws {
    let verdicts: [FixtureVerdict]
    do {
      let programs = try FixtureDiscovery.programs(at: paths)
      let scratch = try ScratchFolder()
      let queue = queue(of: programs, in: scratch)
      let interruption = Interruption(of: queue)
      verdicts = queue.run(jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
      scratch.remove()
      interruption.obey()
    } catch {
      try StandardStream.error.write("straggler check: \(error)\n")
      throw ExitCode(2)
    }
    print(CheckOutput.summary(of: verdicts))
    if verdicts.contains(where: \.isMalformed) { throw ExitCode(2) }
    if verdicts.contains(where: { $0.state != .passed }) { throw ExitCode(1) }
  }

  private func queue(of programs: [String], in scratch: ScratchFolder) -> FixtureQueue {
    let straggler = FileManager.default.ownExecutable
    let limit = Duration.seconds(timeLimit)
    let output = CheckOutput()
    return FixtureQueue(count: programs.count) { index in
      FixtureRun(
        path: programs[index], scratch: scratch.path + "/\(index)", straggler: straggler, timeLimit: limit,
        rules: Set(RuleID.allCases.map(\.rawValue))
      ).verdict()
    } progress: { finished, verdict in
      output.progress(finished, of: programs.count, verdict)
    }
  }
}

extension FixtureVerdict {
  fileprivate var isMalformed: Bool {
    if case .malformed = state { true } else { false }
  }
}

extension FileManager {
  /// The executable that is running, wherever it was started from.
  fileprivate var ownExecutable: String {
    do {
      return try destinationOfSymbolicLink(atPath: "/proc/self/exe")
    } catch {
      preconditionFailure("/proc/self/exe: \(error): this program needs /proc")
    }
  }
}

/// Where the programs are made and run.
private struct ScratchFolder: Sendable {
  var path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "straggler-check-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// What can't be removed stays: the verdicts do not depend on it.
  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
