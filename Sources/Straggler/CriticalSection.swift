// Stretches of work that must not be cut off in the middle, though no lock says so.

internal import CStragglerRecorder

/// A critical section that was entered: a stretch of work that leaves things half done when it is abandoned. A thread
/// or task that is inside one when the process ends is reported by the section's name.
///
/// `withCriticalSection` is the usual way; this one is for work that begins and ends in different functions. It may be
/// left on any thread. A section that nobody leaves is open until the process ends. Sections exclude nobody: that is
/// what locks are for.
///
/// Python has none; PEP 788's guards are what `ExitPolicy.wait` is.
public struct CriticalSection: Sendable {
  let token: UInt64
  /// Tells the section from the others for which the exit waits; nil if it doesn't.
  let guarded: UInt64?

  /// Enters a section on the calling thread, without waiting.
  ///
  /// - Parameter name: what reports call it. Names need not differ.
  /// - Returns: the section, to be left.
  public static func enter(_ name: String) -> CriticalSection {
    stopIfFinalizing()
    return CriticalSection(token: straggler_section_enter(name), guarded: nil)
  }

  /// Enters a section on the calling thread, without waiting, for which exit does as `policy` says.
  ///
  /// - Parameters:
  ///   - name: what reports call it. Names need not differ.
  ///   - policy: what the exit does when it meets the section.
  /// - Returns: the section, to be left.
  /// - Throws: `CriticalSectionError.exitBegun` if the policy is to refuse then.
  public static func enter(_ name: String, atExit policy: ExitPolicy) throws(CriticalSectionError) -> CriticalSection {
    stopIfFinalizing()
    let guarded = try GuardedSection.admit(name, policy, to: Thread.currentIfKnown)
    return CriticalSection(token: straggler_section_enter(name), guarded: guarded)
  }

  /// Enters a section in the current task, whichever threads it runs on.
  static func enterInTask(_ name: String, atExit policy: ExitPolicy) throws(CriticalSectionError) -> CriticalSection {
    stopIfFinalizing()
    let guarded = try GuardedSection.admit(name, policy, to: nil)
    return CriticalSection(token: straggler_task_section_enter(name, currentTaskIdentity), guarded: guarded)
  }

  /// Enters a section in the current task, whichever threads it runs on.
  static func enterInTask(_ name: String) -> CriticalSection {
    stopIfFinalizing()
    return CriticalSection(token: straggler_task_section_enter(name, currentTaskIdentity), guarded: nil)
  }

  /// Leaves the section, on any thread and in any order with others, without waiting. Leaving it again does nothing.
  public func leave() {
    straggler_section_leave(token)
    if let guarded { GuardedSection.dismiss(guarded) }
    stopIfFinalizing()
  }

  /// A number that tells the current task from the others: that of the tracked task it belongs to, else its hash, which
  /// is made from its identity. Not 0.
  private static var currentTaskIdentity: UInt64 {
    TrackedTask.current
      ?? withUnsafeCurrentTask { task in
        guard let task else { preconditionFailure("an async function runs outside of every task") }
        return UInt64(UInt(bitPattern: task.hashValue)) | 1
      }
  }
}

/// A critical section that cannot be entered.
public enum CriticalSectionError: Error, Hashable, Sendable {
  /// The exit has begun, and the section's policy is to refuse then. `name` is the section's.
  case exitBegun(name: String)
}

extension CriticalSectionError: CustomStringConvertible {
  /// What was asked, why it cannot be, and what to do.
  public var description: String {
    switch self {
    case .exitBegun(let name):
      "cannot enter critical section \"\(name)\": the exit has begun, and its policy is to refuse then;"
        + " leave the work undone, or enter it before"
    }
  }
}

/// Calls `body` inside a critical section of this name.
///
/// The section is the calling thread's. Other threads may be inside one of the same name: nobody is waited for.
///
/// - Parameters:
///   - name: what reports call the section. Names need not differ.
///   - body: the work that must not be cut off half done.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, after leaving the section.
public func withCriticalSection<Result: ~Copyable, Failure: Error>(
  _ name: String, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let section = CriticalSection.enter(name)
  defer { section.leave() }
  return try body()
}

/// Calls `body` inside a critical section of this name, for which exit does as `policy` says.
///
/// The section is the calling thread's. Only the exit ever waits, if the policy says so.
///
/// - Parameters:
///   - name: what reports call the section. Names need not differ.
///   - policy: what the exit does when it meets the section.
///   - body: the work that must not be cut off half done.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, after leaving the section; `CriticalSectionError.exitBegun`, without calling it, if
///   the policy is to refuse then.
public func withCriticalSection<Result: ~Copyable>(
  _ name: String, atExit policy: ExitPolicy, _ body: () throws -> Result
) throws -> Result {
  let section = try CriticalSection.enter(name, atExit: policy)
  defer { section.leave() }
  return try body()
}

/// Calls `body` inside a critical section of this name, which is the task's: it may be left on another thread than the
/// one it was entered on.
///
/// - Parameters:
///   - name: what reports call the section. Names need not differ.
///   - isolation: the actor that `body` runs on: the caller's.
///   - body: the work that must not be cut off half done.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, after leaving the section. A cancelled task is inside until `body` ends.
public func withCriticalSection<Result: ~Copyable, Failure: Error>(
  _ name: String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws(Failure) -> sending Result
) async throws(Failure) -> sending Result {
  let section = CriticalSection.enterInTask(name)
  defer { section.leave() }
  return try await body()
}

/// Calls `body` inside a critical section of this name, which is the task's, and for which exit does as `policy` says.
///
/// - Parameters:
///   - name: what reports call the section. Names need not differ.
///   - policy: what the exit does when it meets the section.
///   - isolation: the actor that `body` runs on: the caller's.
///   - body: the work that must not be cut off half done.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, after leaving the section; `CriticalSectionError.exitBegun`, without calling it, if
///   the policy is to refuse then.
public func withCriticalSection<Result: ~Copyable>(
  _ name: String, atExit policy: ExitPolicy, isolation: isolated (any Actor)? = #isolation,
  _ body: () async throws -> sending Result
) async throws -> sending Result {
  let section = try CriticalSection.enterInTask(name, atExit: policy)
  defer { section.leave() }
  return try await body()
}
