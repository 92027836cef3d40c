// How messages call threads.

internal import StragglerModel

/// Words for threads. Messages say "daemon" only of threads that the program declared to be one.
struct ThreadNaming {
  let routines: ThreadRoutines

  /// `daemon thread "writer"`, `thread 3 (poll_events)`, `main thread`.
  func phrase(_ thread: RecordedThread) -> String {
    if thread.ofAncestor { return thread.name.map { "an ancestor's thread \"\($0)\"" } ?? "a thread of an ancestor" }
    if thread.ofParent { return thread.name.map { "the parent's thread \"\($0)\"" } ?? "a thread of the parent" }
    let kind = !thread.declared ? "thread" : thread.daemon ? "daemon thread" : "non-daemon thread"
    if let name = thread.name { return "\(thread.isMain ? "main thread" : kind) \"\(name)\"" }
    if thread.isMain { return "main thread" }
    guard let routine = routines[thread] else {
      return "\(kind) \(thread.number)"
    }
    return "\(kind) \(thread.number) (\(routine))"
  }

  /// The same with an article where it needs one: `the main thread`.
  func subject(_ thread: RecordedThread) -> String {
    thread.isMain && thread.name == nil ? "the main thread" : phrase(thread)
  }

  /// `thread 7`, for one that the record no longer has.
  func subject(_ thread: RecordedThread?, number: Int) -> String {
    thread.map(subject) ?? "thread \(number)"
  }
}

extension RecordedThread {
  var identity: ThreadName {
    ThreadName(number: number, id: id, name: name ?? (isMain ? "main" : nil))
  }
}
