// From arguments to an exit status: the only place that knows how the argument parser reports its errors.

internal import ArgumentParser
internal import Glibc
internal import StragglerProcesses
internal import StragglerReports

/// A failure of straggler itself: one line, without a full stop.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

enum EntryPoint {
  /// Looks whether there is room for a command line, before anything is done that needs it.
  ///
  /// - Parameter error: what `CommandMemory.raise()` returned.
  /// - Returns: nil, or the status to end with at once, where that was said on standard error.
  static func prepare(_ arguments: [String], raising error: Int32) -> Int32? {
    do {
      try CommandMemory.check(raising: error)
      return nil
    } catch let failure {
      // Not the program's status: its recorder then prints a plain report itself.
      let isRenderer = arguments.first == RenderLinkedCommand.configuration.commandName
      return fail(failure.description, isRenderer ? RenderLinkedCommand.unable.rawValue : failureStatus(arguments))
    }
  }

  /// Runs one command line.
  ///
  /// - Returns: the status to end with. A failure is said in one line on standard error.
  static func run(_ arguments: [String]) -> Int32 {
    // Swift has a program's arguments from there, and without them this would be another command.
    guard access("/proc/self/cmdline", R_OK) == 0 else {
      return fail("/proc is not there, which says where threads stand: mount -t proc proc /proc", ExitStatus.failed)
    }
    do {
      var command = try StragglerCommand.parseAsRoot(arguments)
      try command.run()
      return 0
    } catch let error as ObservationError {
      return fail(error.description, error.status.rawValue)
    } catch let error as CommandFailure {
      return fail(error.description, failureStatus(arguments))
    } catch {
      return parserVerdict(error, arguments)
    }
  }

  /// Help and versions come as errors, too, and so do the statuses that commands end with.
  private static func parserVerdict(_ error: any Error, _ arguments: [String]) -> Int32 {
    if let status = error as? ExitCode { return status.rawValue }
    guard StragglerCommand.exitCode(for: error).isSuccess else {
      return fail(StragglerCommand.message(for: error), failureStatus(arguments))
    }
    do {
      try StandardStream.output.write(StragglerCommand.fullMessage(for: error) + "\n")
      return 0
    } catch {
      return fail("\(error)", ExitStatus.failed)
    }
  }

  /// `check` has a status of its own for work that it could not do.
  private static func failureStatus(_ arguments: [String]) -> Int32 {
    arguments.first == "check" ? ExitStatus.checkFailed : ExitStatus.failed
  }

  private static func fail(_ message: String, _ status: Int32) -> Int32 {
    // It may quote a file, an argument or a path, and whatever is in them.
    let line = visible(message.split(whereSeparator: \.isNewline).joined(separator: " "))
    // Where standard error itself is closed, or may not grow, the status is all that is left to say it with.
    ignoreSignalsOfWriting()
    try? StandardStream.error.write("straggler: \(line)\n")
    return status
  }
}
