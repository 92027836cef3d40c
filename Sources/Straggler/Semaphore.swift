// A counter of permits that threads take and give back.

internal import CStragglerLocks
internal import Synchronization

/// A number of permits, each of which one thread has at a time. It has no owner: any thread may give a permit back,
/// also one that nobody took.
///
/// All members may be used from any thread; only `wait` and `withPermit` block. A thread that waits holds nothing;
/// reports say that it waits for a condition, by the semaphore's name. Permits that a thread has are not reported: the
/// runtime does not know whose they are.
///
/// In Python: `threading.Semaphore`.
public final class Semaphore: Sendable {
  private let gate: Gate
  /// Permits that are free. Where there are some, to take one is one atomic operation.
  private let permits: Atomic<Int>

  /// Makes a semaphore.
  ///
  /// - Parameters:
  ///   - permits: how many are free at first. A negative number is a mistake that ends the program.
  ///   - name: what reports call it.
  public init(_ permits: Int = 1, name: String? = nil) {
    precondition(permits >= 0, "semaphore initial value must be >= 0; it is \(permits)")
    self.permits = Atomic(permits)
    gate = Gate(name: name)
  }

  /// The semaphore's name in reports, if it has one.
  public var name: String? { gate.name }

  /// Takes a permit, blocking until there is one.
  ///
  /// In Python: `Semaphore.acquire()`.
  public func wait() {
    stopIfFinalizing()
    if takePermit() { return }
    _ = waitForPermit(until: nil)
    stopIfFinalizing(givingBack: self)
  }

  /// Takes a permit, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// In Python: `Semaphore.acquire(timeout=seconds)`.
  ///
  /// - Returns: whether a permit was taken.
  public func wait(timeout: Duration) -> Bool {
    stopIfFinalizing()
    if takePermit() { return true }
    guard waitForPermit(until: Deadline(after: timeout)) else {
      stopIfFinalizing()
      return false
    }
    stopIfFinalizing(givingBack: self)
    return true
  }

  /// Takes a permit if there is one, without waiting.
  ///
  /// In Python: `Semaphore.acquire(blocking=False)`.
  ///
  /// - Returns: whether a permit was taken.
  public func tryWait() -> Bool {
    stopIfFinalizing()
    return takePermit()
  }

  /// Gives `count` permits back, without waiting, and lets as many waiting threads go. A `count` below one is a mistake
  /// that ends the program.
  ///
  /// In Python: `Semaphore.release(n)`.
  public func signal(_ count: Int = 1) {
    precondition(count >= 1, "n must be one or more; it is \(count)")
    addPermits(count)
    stopIfFinalizing()
  }

  /// Takes a permit, blocking until there is one, calls `body`, and gives the permit back.
  ///
  /// In Python: `with semaphore:`.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; the permit is given back before.
  public func withPermit<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    wait()
    defer { signal() }
    return try body()
  }

  private func takePermit() -> Bool {
    var free = permits.load(ordering: .relaxed)
    while free > 0 {
      let (isTaken, now) = permits.weakCompareExchange(expected: free, desired: free - 1, ordering: .acquiring)
      if isTaken { return true }
      free = now
    }
    return false
  }

  private func waitForPermit(until deadline: Deadline?) -> Bool {
    gate.wait(until: deadline) { permits.load(ordering: .sequentiallyConsistent) > 0 && takePermit() }
  }

  fileprivate func addPermits(_ count: Int) {
    permits.add(count, ordering: .sequentiallyConsistent)
    gate.open(count)
  }
}

/// A daemon that got a permit from the exiting thread gives it back and stops, as with a lock.
private func stopIfFinalizing(givingBack semaphore: Semaphore) {
  guard straggler_is_finalizing(), isCallerAbandoned() else { return }
  semaphore.addPermits(1)
  stopForGood()
}
