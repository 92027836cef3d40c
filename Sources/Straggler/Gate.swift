// Where threads wait for what atomic operations change: what Event and Semaphore stand on.

internal import CStragglerLocks
internal import CStragglerRecorder
internal import Glibc

/// A place to wait. Whoever waits is said to wait for a condition of the gate's name.
final class Gate: Sendable {
  let name: String?

  private nonisolated(unsafe) let gate = UnsafeMutablePointer<StragglerGate>.allocate(capacity: 1)

  init(name: String?) {
    self.name = name
    gate.initialize(to: StragglerGate())
    if let name { straggler_lock_set_name(gate, name) }
  }

  deinit {
    if name != nil { straggler_lock_forget_name(gate) }
    gate.deallocate()
  }

  /// Waits until `isOver` says so, which is asked at first and after every `open`.
  ///
  /// - Returns: false if `deadline` passed before.
  func wait(until deadline: Deadline?, _ isOver: () -> Bool) -> Bool {
    var turn = straggler_gate_enter(gate)
    defer { straggler_gate_leave(gate) }
    var isInTime = true
    while !isOver() {
      guard isInTime else { return false }
      isInTime =
        if let deadline { deadline.wait { straggler_gate_wait(gate, &turn, $0) } } else {
          straggler_gate_wait(gate, &turn, nil)
        }
    }
    return true
  }

  /// Lets `count` threads that wait look again, after a sequentially consistent change of what they wait for.
  func open(_ count: Int = .max) {
    straggler_gate_open(gate, Int32(clamping: count))
  }
}
