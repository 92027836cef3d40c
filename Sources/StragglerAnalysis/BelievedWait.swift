// What a thread waits for: as the recorder wrote it down, else as its system call tells.

internal import StragglerModel

struct BelievedWait: Equatable {
  var kind: ResourceKind
  var mode: AccessMode
  /// nil for what has no address: a join, a child process.
  var address: UInt64?
  /// The number of the joined thread.
  var joined: Int?
  /// It ends by itself after a time.
  var timed: Bool
  /// Where it waits; nil where only the system call is known.
  var place: CapturedStack?

  init(recorded: RecordedWait) {
    kind = recorded.kind
    mode = recorded.mode
    address = recorded.kind == .join || recorded.kind == .process ? nil : recorded.address
    joined = recorded.kind == .join ? recorded.thread : nil
    timed = recorded.timed
    place = recorded.place
  }

  /// A wait that went past the recorder (an uncontended-fast lock of another library, a child process), told by the
  /// system call that the thread stood in: futex(2) and wait4(2), waitid(2), numbered as on x86-64.
  init?(systemCall call: RecordedStop.SystemCall, holds: BelievedHolds) {
    switch call.number {
    case 202:
      guard call.arguments.count >= 4, Self.waitingFutexOperations.contains(call.arguments[1] & 0x7F) else {
        return nil
      }
      let word = call.arguments[0]
      kind = holds.at(word).first?.kind ?? .futex
      address = word
      timed = call.arguments[3] != 0
    case 61, 247:
      kind = .process
      address = nil
      timed = false
    default: return nil
    }
    mode = .exclusive
  }

  /// FUTEX_WAIT, FUTEX_LOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI, FUTEX_LOCK_PI2, without their flags.
  private static let waitingFutexOperations: Set<UInt64> = [0, 6, 9, 11, 13]
}
