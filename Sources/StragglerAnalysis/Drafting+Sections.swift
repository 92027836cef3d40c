// The rule for critical sections: abandoned-section.

internal import StragglerModel

extension Drafting {
  /// A section that nobody will leave. A task's section is its task's, on whatever thread it was entered; a section of
  /// the thread that exits is its own doing, and counts as held at exit.
  mutating func draftSections() {
    for section in facts.process.sections where !section.isTask {
      let thread = facts.thread(section.thread)
      guard section.task != nil || !isSpared(thread) else { continue }
      if section.task == nil { holdingThreads.insert(section.thread) }
      var draft = sectionDraft(section, thread: thread)
      draft.resource = ReportedResource(kind: .criticalSection, mode: nil, name: section.name, address: nil)
      draft.acquired = batch.acquisition(section.entered, by: section.task == nil ? thread : nil)
      drafts.append(draft)
    }
  }

  /// Tasks that are known by name and have not ended, like threads that had nothing.
  mutating func draftTasks() {
    let holding = Set(facts.process.sections.filter { !$0.isTask }.compactMap(\.task))
    for task in facts.process.sections where task.isTask {
      guard let identity = task.task, !holding.contains(identity) else { continue }
      var draft = draft(.abandonedThread, of: nil, "\(taskSubject(task)) \(abandoned), inside no critical section")
      draft.created = batch.stack(task.entered)
      drafts.append(draft)
    }
  }

  private func taskSubject(_ section: RecordedSection) -> String {
    let task = facts.process.sections.first { $0.isTask && $0.task == section.task }
    return task?.name.map { "task \"\($0)\"" } ?? "a task"
  }

  /// In an audit the main thread goes on, and would be the one that exits.
  private func isSpared(_ thread: RecordedThread?) -> Bool {
    guard let thread else { return false }
    return thread.isLiving && !facts.isExiting(thread) && !facts.isAbandoned(thread)
  }

  private mutating func sectionDraft(_ section: RecordedSection, thread: RecordedThread?) -> Draft {
    let what = section.name.map { "critical section \"\($0)\"" } ?? "an unnamed critical section"
    let subject = threads.subject(thread, number: section.thread)
    guard section.task == nil else {
      var draft = draft(
        .abandonedSection, of: thread,
        "\(taskSubject(section)) \(abandoned) inside \(what), which it entered on \(subject)")
      // The thread has long gone on with other work: where it stands says nothing about the task.
      draft.stopped = nil
      draft.waitingFor = nil
      return draft
    }
    if let thread, facts.isExiting(thread) {
      return draft(.heldAtExit, of: thread, "\(subject) \(exited) inside \(what)")
    }
    if let thread, thread.isLiving {
      return draft(.abandonedSection, of: thread, "\(subject) \(abandoned) inside \(what)")
    }
    return draft(.abandonedSection, of: thread, "\(subject) ended inside \(what)")
  }
}
