// Stretches of work that must not be cut off in the middle, though no lock says so.

internal import CStragglerRecorder

/// A critical section that was entered: a stretch of work that leaves things half done when it is abandoned. A thread
/// or task that is inside one when the process ends is reported by the section's name.
///
/// `withCriticalSection` is the usual way; this one is for work that begins and ends in different functions.
public struct CriticalSection: Sendable {
  private let token: UInt64

  /// Enters a section on the calling thread.
  public static func enter(_ name: String) -> CriticalSection {
    stopIfFinalizing()
    return CriticalSection(token: straggler_section_enter(name))
  }

  /// Enters a section in the current task, whichever threads it runs on.
  static func enterInTask(_ name: String) -> CriticalSection {
    stopIfFinalizing()
    return CriticalSection(token: straggler_task_section_enter(name, currentTaskIdentity))
  }

  /// Leaves the section, on any thread and in any order with others. Leaving it again does nothing.
  public func leave() {
    straggler_section_leave(token)
    stopIfFinalizing()
  }

  /// A number that tells the current task from the others: its hash, which is made from its identity. Not 0.
  private static var currentTaskIdentity: UInt64 {
    withUnsafeCurrentTask { task in
      guard let task else { preconditionFailure("an async function runs outside of every task") }
      return UInt64(UInt(bitPattern: task.hashValue)) | 1
    }
  }
}

/// Calls `body` inside a critical section of this name.
///
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, after leaving the section.
public func withCriticalSection<Result: ~Copyable, Failure: Error>(
  _ name: String, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let section = CriticalSection.enter(name)
  defer { section.leave() }
  return try body()
}

/// Calls `body` inside a critical section of this name, which is the task's: it may be left on another thread than the
/// one it was entered on.
///
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, after leaving the section. A cancelled task is inside until `body` ends.
public func withCriticalSection<Result: ~Copyable, Failure: Error>(
  _ name: String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws(Failure) -> sending Result
) async throws(Failure) -> sending Result {
  let section = CriticalSection.enterInTask(name)
  defer { section.leave() }
  return try await body()
}
