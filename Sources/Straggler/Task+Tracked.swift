// Tasks that are known by name, so that one that the exit cuts off is reported as a thread would be.

internal import CStragglerRecorder

extension Task where Failure == any Error {
  /// Starts a task that reports know by its name, and by where it was made.
  ///
  /// Exit does not wait for a task, tracked or not: tasks are Swift's daemons. A tracked one that has not ended then is
  /// reported as abandoned; a critical section that it, or a task that came of it, is inside, is reported with its
  /// name. Of a task that is not tracked only critical sections are seen. What a task has locked or opened is its
  /// thread's in reports. May be called from any thread and task; does not wait.
  ///
  /// - Parameters:
  ///   - name: the task's name. Names need not differ.
  ///   - priority: as for `Task.init`.
  ///   - operation: what the task does. It runs on no actor of its own.
  /// - Returns: the task, to be cancelled or waited for as any other.
  @discardableResult
  public static func tracked(
    name: String, priority: TaskPriority? = nil, operation: sending @escaping () async throws -> Success
  ) -> Task {
    let identity = TrackedTask.newIdentity()
    let token = straggler_task_begin(name, identity)
    return Task(priority: priority) {
      defer { straggler_section_leave(token) }
      return try await Runtime.shared.trackedTask.withValue(identity) { try await operation() }
    }
  }
}

/// Which tracked task this code belongs to.
enum TrackedTask {
  /// Nil outside of every tracked task.
  static var current: UInt64? { Runtime.shared.trackedTask.get() }

  /// Never 0, and even: the identities of other tasks are odd (`CriticalSection.currentTaskIdentity`).
  static func newIdentity() -> UInt64 {
    Runtime.withLock { held, state in
      state[held].lastTrackedTask += 2
      return state[held].lastTrackedTask
    }
  }
}
