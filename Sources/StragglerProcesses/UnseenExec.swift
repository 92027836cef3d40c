// Whether a program that nobody observed came to the end of an observed one's process.

internal import Glibc
internal import StragglerModel

/// An exec whose new image has no recorder: its environment was cleared, or it is statically linked.
enum UnseenExec {
  /// The program's own exit is not in its record, and the process ended under another name than its own.
  ///
  /// A program that leaves by the raw system call is not in its record either, but keeps its name.
  ///
  /// - Parameter lastName: `ProcFile.commandName` at the process's end; nil where it could not be read.
  static func happened(to process: RecordedProcess, lastName: String?) -> Bool {
    guard process.exit.phase < .frozen else { return false }
    switch process.exit.kind {
    case .exec: return true
    case .return, .underscore, .quick, .stalled: return false
    case .none: return lastName.map { !isName($0, of: process) } ?? false
    }
  }

  /// The kernel names a process after the file that was executed: the program, a link to it, or a script.
  private static func isName(_ name: String, of process: RecordedProcess) -> Bool {
    let own = [process.executable] + process.arguments.prefix(1)
    if own.contains(where: { commandName($0) == name }) { return true }
    // A script stands behind its interpreter, with one argument between them at most: execve(2).
    return process.arguments.dropFirst().prefix(2).contains { argument in
      commandName(argument) == name && isScript(argument, in: process.workingDirectory)
    }
  }

  /// The last component in at most 15 bytes: proc(5), comm.
  private static func commandName(_ path: String) -> String {
    String(decoding: (path.split(separator: "/").last ?? "").utf8.prefix(15), as: UTF8.self)
  }

  private static func isScript(_ path: String, in folder: String) -> Bool {
    let descriptor = open(path.hasPrefix("/") ? path : "\(folder)/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    let file = OwnedDescriptor(descriptor)
    return ObservableProgram.scriptInterpreter(file.number) != nil
  }
}
