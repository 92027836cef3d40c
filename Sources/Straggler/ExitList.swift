// Objects that are to be ended in good order when the exit begins.

internal import Glibc

/// Live objects of one kind, and what becomes of them at the beginning of the exit. One early exit callback, registered
/// with the first object, serves them all.
final class ExitList<Element: AnyObject & Sendable>: Sendable {
  private struct State {
    var entries: [Entry] = []
    var isRegistered = false
    var isOver = false
  }

  private struct Entry {
    let element: Element
    /// In a forked child, the parent's objects are not ended: their threads are not there, and a lock of theirs may have been
    /// held by one.
    private let process = getpid()

    init(element: Element) {
      self.element = element
    }

    var isOwn: Bool { process == getpid() }
  }

  private let state = Guarded(State())
  private let end: @Sendable ([Element]) -> Void

  init(end: @escaping @Sendable ([Element]) -> Void) {
    self.end = end
  }

  /// Adds an object that is not in the list yet. False if the exit has come too far: nobody would end it.
  func add(_ element: Element) -> Bool {
    let mustRegister = withLock { state in
      defer { state.isRegistered = true }
      return !state.isRegistered
    }
    if mustRegister {
      do { try Exit.atExitEarly { [self] in endAll() } } catch { withLock { $0.isOver = true } }
    }
    return withLock { state in
      if !state.isOver, !state.entries.contains(where: { $0.element === element && $0.isOwn }) {
        state.entries.append(Entry(element: element))
      }
      return !state.isOver
    }
  }

  func remove(_ element: Element) {
    withLock { $0.entries.removeAll { $0.element === element } }
  }

  private func endAll() {
    let entries = withLock { state in
      state.isOver = true
      defer { state.entries = [] }
      return state.entries
    }
    end(entries.filter(\.isOwn).map(\.element))
  }

  private func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    Runtime.withLock { held, _ in body(&state[held]) }
  }
}
