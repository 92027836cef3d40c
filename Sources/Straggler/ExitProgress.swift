// How far the exit has come, and what is still to be called: the part of the runtime's state that the exit moves.

internal import CStragglerArena
internal import Glibc

/// The exit's state. Reached with the runtime's lock held.
struct ExitProgress {
  typealias Callback = Exit.Callback

  /// The exit's phases in the runtime's eyes, in their order.
  enum Phase: Int, Comparable {
    case running
    case earlyCallbacks
    case joining
    case exitCallbacks
    case finalizing

    static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }

    /// The phase's number in the arena.
    var recorded: UInt32 {
      switch self {
      case .running: STRAGGLER_PHASE_RUNNING.rawValue
      case .earlyCallbacks: STRAGGLER_PHASE_EARLY_CALLBACKS.rawValue
      case .joining: STRAGGLER_PHASE_JOINING.rawValue
      case .exitCallbacks: STRAGGLER_PHASE_EXIT_CALLBACKS.rawValue
      case .finalizing: STRAGGLER_PHASE_FINALIZING.rawValue
      }
    }
  }

  private(set) var phase = Phase.running
  /// The thread that exits, once one does.
  var thread: Thread?
  /// The status is a signal's that cut the wait short, and the exit knows it.
  var isInterruptionTaken = false
  /// Callbacks not yet called, the newest last.
  var earlyCallbacks: [Callback] = []
  var exitCallbacks: [Callback] = []

  /// Goes on to `next`, unless the exit has come further already.
  ///
  /// - Returns: whether it went on.
  mutating func advance(to next: Phase) -> Bool {
    guard next > phase else { return false }
    phase = next
    return true
  }

  /// In a forked child of another thread than the exiting one, nobody exits yet. The callbacks that are left stay.
  mutating func restart() {
    phase = .running
    thread = nil
  }
}
