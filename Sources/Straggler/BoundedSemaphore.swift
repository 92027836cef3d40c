// A semaphore that notices a permit given back twice.

internal import Synchronization

/// A semaphore that never has more permits than it was made with.
///
/// All members may be used from any thread; only `wait` and `withPermit` block.
///
/// In Python: `threading.BoundedSemaphore`.
public final class BoundedSemaphore: Sendable {
  private let semaphore: Semaphore
  /// Permits that were taken and not given back. Raised after a permit was taken and lowered before it is given back,
  /// so that free and taken ones together are never more than there were.
  private let taken = Atomic<Int>(0)

  /// Makes a semaphore.
  ///
  /// - Parameters:
  ///   - permits: how many it has, all of them free. A negative number is a mistake that ends the program.
  ///   - name: what reports call it.
  public init(_ permits: Int = 1, name: String? = nil) {
    semaphore = Semaphore(permits, name: name)
  }

  /// The semaphore's name in reports, if it has one.
  public var name: String? { semaphore.name }

  /// Takes a permit, blocking until there is one.
  ///
  /// In Python: `BoundedSemaphore.acquire()`.
  public func wait() {
    semaphore.wait()
    taken.add(1, ordering: .relaxed)
  }

  /// Takes a permit, blocking at most for `timeout`. A negative timeout is zero.
  ///
  /// In Python: `BoundedSemaphore.acquire(timeout=seconds)`.
  ///
  /// - Returns: whether a permit was taken.
  public func wait(timeout: Duration) -> Bool {
    counted(semaphore.wait(timeout: timeout))
  }

  /// Takes a permit if there is one, without waiting.
  ///
  /// In Python: `BoundedSemaphore.acquire(blocking=False)`.
  ///
  /// - Returns: whether a permit was taken.
  public func tryWait() -> Bool {
    counted(semaphore.tryWait())
  }

  /// Gives `count` permits back, without waiting, and lets as many waiting threads go. A `count` below one is a mistake
  /// that ends the program.
  ///
  /// In Python: `BoundedSemaphore.release(n)`.
  ///
  /// - Throws: `SemaphoreError.releasedTooOften`, and gives none back, if fewer than that are taken.
  public func signal(_ count: Int = 1) throws(SemaphoreError) {
    precondition(count >= 1, "n must be one or more; it is \(count)")
    var now = taken.load(ordering: .relaxed)
    while true {
      guard now >= count else { throw .releasedTooOften(name: name) }
      let (isLowered, found) = taken.weakCompareExchange(expected: now, desired: now - count, ordering: .relaxed)
      if isLowered { break }
      now = found
    }
    semaphore.signal(count)
  }

  /// Takes a permit, blocking until there is one, calls `body`, and gives the permit back.
  ///
  /// In Python: `with semaphore:`.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws, or `SemaphoreError.releasedTooOften` if that gave the permit back itself.
  public func withPermit<Result>(_ body: () throws -> Result) throws -> Result {
    wait()
    let result: Result
    do {
      result = try body()
    } catch {
      try signal()
      throw error
    }
    try signal()
    return result
  }

  private func counted(_ isTaken: Bool) -> Bool {
    if isTaken { taken.add(1, ordering: .relaxed) }
    return isTaken
  }
}

/// A permit that cannot be given back.
public enum SemaphoreError: Error, Hashable, Sendable {
  /// More permits were given back than taken. `name` is the semaphore's.
  ///
  /// In Python: ValueError.
  case releasedTooOften(name: String?)
}

extension SemaphoreError: CustomStringConvertible {
  /// What was asked, why it cannot be, and what to do.
  public var description: String {
    switch self {
    case .releasedTooOften(let name):
      "Semaphore released too many times: \(described(name)), it has all its permits; give each one back once"
    }
  }
}
