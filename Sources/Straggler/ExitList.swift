// Objects that are to be ended in good order when the exit begins.

/// Live objects of one kind, and what becomes of them at the beginning of the exit. One early exit callback, registered
/// with the first object, serves them all.
final class ExitList<Element: AnyObject & Sendable>: Sendable {
  private struct State {
    var entries: [Entry] = []
    /// The process in which the callback was registered last, and the one in which it has been called, by
    /// `Runtime.State.generation`: a forked child's exit is one of its own.
    var registered: Int?
    var over: Int?
  }

  private struct Entry {
    let element: Element
    /// In a forked child, the parent's objects are not ended: their threads are not there, and a lock of theirs may have been
    /// held by one.
    let generation: Int
  }

  private let state = Guarded(State())
  private let isOver: @Sendable (Element, RuntimeLock.Held) -> Bool
  private let end: @Sendable ([Element]) -> Void

  /// - Parameter isOver: whether an object needs no end any more; the list does not keep it.
  init(
    isOver: @escaping @Sendable (Element, RuntimeLock.Held) -> Bool = { _, _ in false },
    end: @escaping @Sendable ([Element]) -> Void
  ) {
    self.isOver = isOver
    self.end = end
  }

  /// Adds an object that is not in the list yet, or as its parent's alone. False if the exit has come too far: nobody would end it.
  func add(_ element: Element) -> Bool {
    forgetOver()
    let mustRegister = withLock { state, generation in
      defer { state.registered = generation }
      return state.registered != generation
    }
    if mustRegister {
      do { try Exit.atExitEarly { [self] in endAll() } } catch { withLock { $0.over = $1 } }
    }
    return withLock { state, generation in
      guard state.over != generation else { return false }
      state.entries.removeAll { $0.element === element }
      state.entries.append(Entry(element: element, generation: generation))
      return true
    }
  }

  func remove(_ element: Element) {
    withLock { state, _ in state.entries.removeAll { $0.element === element } }
  }

  private func forgetOver() {
    let over = Runtime.withLock { held, _ in
      let over = state[held].entries.filter { isOver($0.element, held) }
      if !over.isEmpty { state[held].entries.removeAll { isOver($0.element, held) } }
      return over
    }
    withExtendedLifetime(over) {}  // released without the lock
  }

  private func endAll() {
    let own = withLock { state, generation in
      state.over = generation
      defer { state.entries = [] }
      return state.entries.filter { $0.generation == generation }.map(\.element)
    }
    end(own)
  }

  /// All objects, those of the parent too.
  func elements(_ held: RuntimeLock.Held) -> [Element] { state[held].entries.map(\.element) }

  private func withLock<Result>(_ body: (inout State, _ generation: Int) -> Result) -> Result {
    Runtime.withLock { held, runtime in body(&state[held], runtime[held].generation) }
  }
}
