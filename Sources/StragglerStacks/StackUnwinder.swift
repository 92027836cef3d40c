// Finds the frames of captured stacks: StragglerStacks' public face.

public import StragglerModel

/// Turns the registers and stack bytes of one observed process into frames, in another process and without it.
/// Everything read of the process's ELF files is kept, so that a further stack costs microseconds.
///
/// No frame is invented: where a register or a byte was not recorded, or a file is gone, replaced or garbled, the stack
/// ends there and is incomplete. Not safe to use from two threads at once.
public final class StackUnwinder {
  private let walk: FrameWalk

  /// - Parameter modules: The process's ELF files. Nothing is opened before an address in one is met.
  public init(modules: [Module]) {
    walk = FrameWalk(LoadedModules(modules))
  }

  /// The frames of `stack`, innermost first, none of them inferred. It is complete only if it came down to a frame that
  /// nobody called: the unwind tables say so of a thread's first function. A `foreign` capture gives its program
  /// counter alone; one without a program counter gives no frame.
  public func unwind(_ stack: CapturedStack) -> UnwoundStack {
    walk.frames(of: stack)
  }

  /// The frames of the stack on which something was acquired: those found in the `recorded` bytes, and, behind them,
  /// those inferred from where the same thread stood later.
  ///
  /// It is continued only if the oldest recorded frame whose return address was recorded too is alive in `stop`: with
  /// the same canonical frame address, the same return address and in the same function. What it would return to is a
  /// recorded frame as well; where that one's frame address is known, it too must be the same. Even so a caller further
  /// out may have been replaced by another in the meantime, so continued frames are `inferred`.
  ///
  /// - Parameter stop: How the thread stood at the freeze; nil where that is not known.
  public func acquisition(_ recorded: CapturedStack, stoppedAt stop: CapturedStack?) -> UnwoundStack {
    let window = walk.frames(of: recorded)
    guard !window.complete, !recorded.foreign, let stop, !stop.foreign else { return window }
    return Self.continued(window, by: walk.frames(of: stop)) ?? window
  }

  /// nil where `stop` does not have the oldest frames of `window` alive.
  private static func continued(_ window: UnwoundStack, by stop: UnwoundStack) -> UnwoundStack? {
    guard let last = window.frames.last, let anchor = window.frames.dropLast().last, let cfa = anchor.cfa,
      let index = stop.frames.firstIndex(where: { $0.cfa == cfa && $0.functionStart == anchor.functionStart }),
      index + 1 < stop.frames.endIndex
    else { return nil }
    let caller = stop.frames[index + 1]
    let isSame = caller.pc == last.pc && caller.isReturnAddress == last.isReturnAddress
    guard isSame, last.cfa == nil || last.cfa == caller.cfa else { return nil }
    let older = stop.frames[(index + 2)...].map { frame in
      var frame = frame
      frame.inferred = true
      return frame
    }
    return UnwoundStack(frames: window.frames + older, complete: stop.complete)
  }
}
