// Signals that reach this process: those meant for the program are sent on to it, those that it already has are not.

internal import CStragglerSystem
internal import Glibc

/// One received signal, as the decision needs it.
struct ReceivedSignal: Equatable {
  enum Origin: Equatable {
    /// The kernel: a terminal sends its signals to the whole process group, the program included.
    case kernel
    /// kill(2), tgkill(2) or sigqueue(3) of this process.
    case process(Int32)
    /// A timer, an asynchronous operation: nobody sent it.
    case other
  }
  var number: Int32
  var origin: Origin
}

/// Reads signals from a descriptor and decides which of them the program gets.
struct SignalRelay {
  let descriptor: OwnedDescriptor

  /// - Throws: `ObservationError` (125).
  init() throws(ObservationError) {
    var number: Int32 = -1
    let error = straggler_system_signal_descriptor(&number)
    guard error == 0 else { throw .system("can't read signals from a descriptor", error) }
    descriptor = OwnedDescriptor(number)
  }

  /// Everything received since the last call.
  func received() -> [ReceivedSignal] {
    var signals: [ReceivedSignal] = []
    var signal = straggler_system_signal()
    while straggler_system_next_signal(descriptor.number, &signal) == 0 {
      signals.append(ReceivedSignal(number: signal.number, origin: Self.origin(signal)))
    }
    return signals
  }

  /// sigaction(2): SI_USER 0, SI_QUEUE -1, SI_TKILL -6, SI_KERNEL 0x80.
  private static func origin(_ signal: straggler_system_signal) -> ReceivedSignal.Origin {
    switch signal.code {
    case 0, -1, -6: .process(signal.sender)
    case 0x80: .kernel
    default: .other
    }
  }

  /// Whether the program is to get a signal that came here.
  ///
  /// A signal that the program or one of its own processes sent came by way of the process group: it went to the
  /// program too. Our own (SIGPIPE from a write) is meant for nobody. A group that somebody else signals with kill(2)
  /// can't be told from us alone: the program then gets the signal twice.
  ///
  /// Of a terminal that hangs up the kernel tells the session's leader only (drivers/tty/tty_jobctrl.c), which alone the
  /// program would be. A shell continues the whole group, and the loop the program that is still stopped then: sent on, it would
  /// undo a stop that came in between.
  static func isForProgram(
    _ signal: ReceivedSignal, ownID: Int32, leadsSession: Bool, descendsFromProgram: (Int32) -> Bool
  ) -> Bool {
    if signal == ReceivedSignal(number: SIGHUP, origin: .kernel) { return leadsSession }
    guard case .process(let sender) = signal.origin, ![SIGCHLD, SIGCONT].contains(signal.number) else { return false }
    return sender != ownID && !descendsFromProgram(sender)
  }
}

/// Kinship of processes, from /proc/PID/stat (proc(5)).
enum ProcessTree {
  /// Whether `process` is `ancestor` or was started by it, however many generations ago.
  static func isDescendant(_ process: Int32, of ancestor: Int32) -> Bool {
    var current = process
    // Parents have no cycles, but processes come and go between two looks.
    for _ in 0..<64 where current > 1 {
      if current == ancestor { return true }
      guard let parent = fields(of: current)?.parent else { return false }
      current = parent
    }
    return false
  }

  /// Whether the process is stopped by job control (state T).
  static func isStopped(_ process: Int32) -> Bool {
    fields(of: process)?.state == "T"
  }

  /// Whether the process is gone, or waits only to be reaped (state Z).
  static func hasEnded(_ process: Int32) -> Bool {
    fields(of: process).map { $0.state == "Z" } ?? true
  }

  /// The same where no descriptor may be left to read /proc with: one that waits to be reaped then goes on.
  static func isGone(_ process: Int32) -> Bool {
    if kill(process, 0) != 0 && errno == ESRCH { return true }
    return fields(of: process).map { $0.state == "Z" } ?? false
  }

  private static func fields(of process: Int32) -> (state: String, parent: Int32)? {
    guard let text = ProcFile.read("/proc/\(process)/stat") else { return nil }
    // The name stands in parentheses and may itself contain any character.
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
    return (String(fields[0]), parent)
  }
}
