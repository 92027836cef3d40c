// A stack as a reader wants it: the place in the program first, then who called it.

internal import StragglerAnalysis
internal import StragglerModel

struct StackOutline {
  /// The innermost frame of the program itself, with a known source line if possible; else the innermost frame.
  let place: Frame
  /// The function that the place had called, where that is a library's: `pthread_cond_wait` under `take()`.
  let inside: Frame?
  /// The callers of the place, cut to what helps.
  let callers: [Frame]
  /// How many callers are not listed.
  let omitted: Int
  /// Whether older frames are missing, because they were not recorded.
  let incomplete: Bool

  /// As many callers as explain a place; who needs more finds all in the JSON report.
  private static let callerLimit = 6

  init?(_ stack: Stack) {
    let frames = stack.frames
    guard let first = frames.first else { return nil }
    let own = frames.firstIndex { $0.isProgramOwn && $0.line != nil } ?? frames.firstIndex(where: \.isProgramOwn) ?? 0
    place = frames[own]
    inside = own > 0 ? Self.entered(frames[..<own]) ?? first : nil
    let all = Self.tellingCallers(frames[(own + 1)...])
    callers = Array(all.prefix(Self.callerLimit))
    omitted = all.count - callers.count
    incomplete = !stack.complete
  }

  /// What the program called: the outermost library frame with a name.
  private static func entered(_ frames: ArraySlice<Frame>) -> Frame? {
    frames.last { $0.function != nil && !$0.inlined } ?? frames.last { $0.function != nil }
  }

  /// Callers without the system's own ways of starting a thread or a program, which stand at the end of every stack,
  /// without what the compiler and the thread runtime put between the program's functions, and without frames that
  /// nothing is known of.
  private static func tellingCallers(_ frames: ArraySlice<Frame>) -> [Frame] {
    guard let last = frames.lastIndex(where: \.isProgramOwn) else { return [] }
    return frames[...last].filter { frame in
      !frame.isTool && !frame.isCompilerMade && (frame.function != nil || frame.file != nil || frame.module != nil)
    }
  }
}

extension Frame {
  /// Swift's thunks and specializations of another module's functions: no source of the program stands behind them.
  fileprivate var isCompilerMade: Bool {
    guard line == nil, let function else { return false }
    return ["thunk for ", "partial apply ", "specialized ", "outlined "].contains { function.hasPrefix($0) }
  }
}
