// The options of `run`, which a linked build takes from STRAGGLER_OPTIONS, too.

internal import ArgumentParser

struct RunOptions: ParsableArguments {
  @OptionGroup
  var reporting: ReportingOptions

  // What follows is its value, also where it begins with a minus: a duration that is none is said to be none.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How long the exit may take from its beginning to its end (10s, 500ms, 2m); past it, it is reported as stalled "
        + "and ended. (default: no limit; a proven circle of waits is always reported and ended at once)",
      valueName: "duration"),
    transform: DurationText.parse)
  var exitTimeout: Duration?

  @Option(
    help: ArgumentHelp(
      "Only processes whose executable matches count. Repeatable. Compilers, linkers and package tools count only if "
        + "they are named here.", valueName: "glob"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Processes whose executable matches don't count. Repeatable.", valueName: "glob"))
  var ignore: [String] = []

  @Flag(name: .customLong("no-children"), help: "Observe the program alone, not the processes it starts.")
  var withoutChildren = false

  var filter: ProcessFilter { ProcessFilter(only: only, ignored: ignore) }

  mutating func validate() throws {
    if reporting.reports.contains(where: { $0.target == .standardOutput }) {
      throw ValidationError("standard output is the program's own: --report needs a FILE, not '-'")
    }
  }

  /// Parses what stands in STRAGGLER_OPTIONS.
  ///
  /// - Throws: `CommandFailure`, in one line.
  static func parse(environmentValue line: String) throws -> RunOptions {
    let words: [String]
    do {
      words = try ShellWords.split(line)
    } catch let error as CommandFailure {
      throw CommandFailure("STRAGGLER_OPTIONS: \(error)")
    }
    do {
      return try RunOptions.parse(words)
    } catch {
      guard !RunOptions.exitCode(for: error).isSuccess else {
        throw CommandFailure("STRAGGLER_OPTIONS: help can't be asked for here; `straggler run --help` prints it")
      }
      throw CommandFailure("STRAGGLER_OPTIONS: \(RunOptions.message(for: error))")
    }
  }
}
