// The program that is observed, as a child process: started as if nobody stood between it and its starter.

internal import CStragglerSystem
internal import Glibc

/// What this process was started with, to be given on to the program. Changes this process's signals and limits.
struct InheritedState {
  private var state: straggler_system_inherited

  /// Blocks signals on the calling thread, so that they can be read from a descriptor, and raises the limit of open
  /// files to the hard one: every observed process costs two.
  ///
  /// - Throws: `ObservationError` (125).
  static func change() throws(ObservationError) -> InheritedState {
    var state = straggler_system_inherited()
    var error = straggler_system_inherited_read(&state)
    if error == 0 { error = straggler_system_inherited_change(&state) }
    guard error == 0 else { throw .system("can't prepare signals and limits", error) }
    return InheritedState(state: state)
  }

  /// Undoes `change()`; to be called on the same thread.
  mutating func restore() throws(ObservationError) {
    let error = straggler_system_inherited_restore(&state)
    guard error == 0 else { throw .system("can't restore signals and limits", error) }
  }

  /// - Returns: the process, 0 where none could be made, and an errno value.
  fileprivate mutating func spawn(_ path: String, _ arguments: [String], _ environment: [String]) -> (Int32, Int32) {
    var process: Int32 = 0
    let error = withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        straggler_system_spawn(path, arguments, environment, &state, &process)
      }
    }
    return (process, error)
  }
}

/// A change of state of the program.
enum ProgramChange: Equatable {
  case exited(Int32)
  case signaled(Int32)
  case stopped(Int32)
  case continued
}

/// What /proc said of a process that has ended, before it was reaped; nil where that could not be read.
struct LastSight {
  /// `ProcFile.commandName`.
  var name: String?
  /// Its effective user.
  var user: UInt32?
}

/// The child process.
struct SpawnedProgram {
  let processID: Int32

  /// - Throws: `ObservationError`: 126 when the system refuses to execute the program, 125 when there is no room for a process.
  init(
    _ program: ObservableProgram, environment: [String], inherited: inout InheritedState
  ) throws(ObservationError) {
    let (process, error) = inherited.spawn(program.path, program.arguments, environment)
    guard error == 0 || process != 0 else {
      let remedy = error == EAGAIN ? "; raise the limit of processes (ulimit -u)" : ""
      throw .system("can't start a process for \(program.path)", error, remedy: remedy)
    }
    guard error == 0 else {
      throw ObservationError(
        .unobservable, "\(program.path) can't be executed: \(ObservationError.words(for: error))")
    }
    processID = process
  }

  /// Lets go of the process, which has ended.
  func reap() throws(ObservationError) -> LastSight {
    let last = LastSight(name: ProcFile.commandName(of: processID), user: ProcFile.user(of: processID))
    let error = straggler_system_reap(processID)
    guard error == 0 else { throw .system("can't wait for process \(processID)", error) }
    return last
  }

  /// The changes since the last call, without waiting for one. After its end, that is told again until it is reaped.
  func changes() throws(ObservationError) -> [ProgramChange] {
    var changes: [ProgramChange] = []
    while true {
      var change = straggler_system_change()
      let error = straggler_system_next_change(processID, &change)
      guard error == 0 else { throw .system("can't wait for process \(processID)", error) }
      switch straggler_system_change_kind(UInt32(change.kind)) {
      case STRAGGLER_SYSTEM_EXITED: return changes + [.exited(change.value)]
      case STRAGGLER_SYSTEM_SIGNALED: return changes + [.signaled(change.value)]
      case STRAGGLER_SYSTEM_STOPPED: changes.append(.stopped(change.value))
      case STRAGGLER_SYSTEM_CONTINUED: changes.append(.continued)
      default: return changes
      }
    }
  }
}

/// Calls `body` with a null-terminated array of C strings, valid during the call.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return (copies + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
}
