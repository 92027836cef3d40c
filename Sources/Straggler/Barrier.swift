// A meeting point of a fixed number of threads.

/// A point that a fixed number of threads reach before any of them goes on. It may be used again and again.
///
/// A barrier *breaks* when one of its threads gives up: its timeout is over, its action throws, or `abort` is called.
/// Then nobody waits there any more until `reset`. A thread that waits holds nothing; reports say that it waits for a
/// condition, by the barrier's name. All members may be used from any thread; only the waits block.
///
/// In Python: `threading.Barrier`.
public final class Barrier: Sendable {
  /// What one of the threads does once all have come, before any goes on. What it throws breaks the barrier, and goes
  /// to the caller of `wait` in that thread.
  public typealias Action = @Sendable () throws -> Void

  /// How many threads meet here.
  ///
  /// In Python: `Barrier.parties`.
  public let parties: Int

  private let action: Action?
  private let monitor: Monitor
  // Both are guarded by the monitor.
  private nonisolated(unsafe) var stage = Stage.filling
  private nonisolated(unsafe) var count = 0

  private enum Stage {
    case filling
    /// All came; one of them runs the action. Who comes now is early for the next round.
    case acting
    /// They leave one by one, and who comes early for the next round waits until they have.
    case draining
    /// `reset` sent away who waited; it can be used again once they have left.
    case resetting
    case broken
  }

  /// Makes a barrier.
  ///
  /// - Parameters:
  ///   - parties: how many threads meet here, one or more.
  ///   - name: what reports call it.
  ///   - action: what one of the threads does once all have come.
  /// - Throws: `BarrierError.noParties` if `parties` is less than one.
  public init(parties: Int, name: String? = nil, action: Action? = nil) throws(BarrierError) {
    guard parties > 0 else { throw .noParties(parties) }
    self.parties = parties
    self.action = action
    monitor = Monitor(name: name)
  }

  /// The barrier's name in reports, if it has one.
  public var name: String? { monitor.name }

  /// How many threads wait here now. It may be otherwise by the time the caller looks at the answer.
  ///
  /// In Python: `Barrier.n_waiting`.
  public var waiting: Int {
    stopIfFinalizing()
    return monitor.withLock { stage == .filling || stage == .acting ? count : 0 }
  }

  /// Whether the barrier is broken. It may be otherwise by the time the caller looks at the answer.
  ///
  /// In Python: `Barrier.broken`.
  public var isBroken: Bool {
    stopIfFinalizing()
    return monitor.withLock { stage == .broken }
  }

  /// Blocks until all threads have come.
  ///
  /// In Python: `Barrier.wait()`.
  ///
  /// - Returns: a number from 0 to `parties - 1` that no other thread of this round gets.
  /// - Throws: `BarrierError.broken`, if the barrier is, or breaks or is reset meanwhile; in the thread that calls the
  ///   barrier's action, what that throws.
  @discardableResult
  public func wait() throws -> Int {
    try wait(upTo: nil)
  }

  /// As `wait()`; breaks the barrier if `timeout` is over before all have come. A negative timeout is zero. It begins once the
  /// round before is over.
  ///
  /// In Python: `Barrier.wait(timeout)`, in seconds.
  ///
  /// - Returns: as `wait()`.
  /// - Throws: as `wait()`; `BarrierError.broken` also in the thread whose timeout is over.
  @discardableResult
  public func wait(timeout: Duration) throws -> Int {
    try wait(upTo: timeout)
  }

  /// Makes the barrier as new, without waiting. Threads that wait here get `BarrierError.broken`.
  ///
  /// In Python: `Barrier.reset()`.
  public func reset() {
    stopIfFinalizing()
    monitor.withLock {
      if count == 0 {
        stage = .filling
      } else if stage == .filling || stage == .broken {
        stage = .resetting
      }
      monitor.broadcast()
    }
  }

  /// Breaks the barrier, without waiting: threads that wait here, and that come, get `BarrierError.broken` until
  /// `reset`.
  ///
  /// In Python: `Barrier.abort()`.
  public func abort() {
    stopIfFinalizing()
    monitor.withLock { breakNow() }
  }

  private func wait(upTo timeout: Duration?) throws -> Int {
    stopIfFinalizing()
    defer { stopIfFinalizing() }
    let index = try monitor.withLock { () throws(BarrierError) in try enter() }
    let deadline = timeout.map { Deadline(after: $0) }
    if index == parties - 1 { try act() }
    try monitor.withLock { () throws(BarrierError) in
      defer { leave() }
      if index < parties - 1 { try awaitOthers(until: deadline) }
    }
    return index
  }

  /// Takes a place in this round, once the one before is over.
  private func enter() throws(BarrierError) -> Int {
    _ = monitor.wait(until: nil) { stage == .filling || stage == .broken }
    guard stage == .filling else { throw .broken(name: name) }
    count += 1
    if count == parties { stage = .acting }
    return count - 1
  }

  /// What the last thread to come does. The others wait meanwhile.
  private func act() throws {
    do {
      try action?()
    } catch {
      monitor.withLock {
        breakNow()
        leave()
      }
      throw error
    }
    monitor.withLock {
      guard stage == .acting else { return }  // broken while the action ran
      stage = .draining
      monitor.broadcast()
    }
  }

  private func awaitOthers(until deadline: Deadline?) throws(BarrierError) {
    guard monitor.wait(until: deadline, { stage != .filling }) else {
      breakNow()
      throw .broken(name: name)
    }
    _ = monitor.wait(until: nil) { stage != .acting }
    guard stage == .draining else { throw .broken(name: name) }
  }

  /// The last one to leave opens the barrier for the next round.
  private func leave() {
    count -= 1
    guard count == 0, stage != .broken else { return }
    stage = .filling
    monitor.broadcast()
  }

  private func breakNow() {
    stage = .broken
    monitor.broadcast()
  }
}

/// A barrier that cannot be waited at, or made.
public enum BarrierError: Error, Hashable, Sendable {
  /// One of its threads gave up, or it was aborted or reset. `name` is the barrier's.
  ///
  /// In Python: `threading.BrokenBarrierError`.
  case broken(name: String?)
  /// A barrier was to be made for this number of threads.
  case noParties(Int)
}

extension BarrierError: CustomStringConvertible {
  /// What was asked, why it cannot be, and what to do.
  public var description: String {
    switch self {
    case .broken(let name):
      "barrier \(described(name)) is broken: a thread gave up waiting, its action failed,"
        + " or it was aborted or reset; call reset() once nobody is to wait for the others any more"
    case .noParties(let parties):
      "cannot make a barrier for \(parties) threads: parties must be > 0"
    }
  }
}
