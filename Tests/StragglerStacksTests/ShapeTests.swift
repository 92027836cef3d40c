// Every shape, in every build, with windows of several sizes, held against what libgcc saw inside the process.

import StragglerModel
import StragglerStacks
import Testing

@Suite struct ShapeTests {
  /// In bytes: what the arena has for libc's locks, and sizes around it.
  private static let windows = [64, 128, 256, 384]

  @Test("what is shown as recorded is what was there", arguments: Shape.allBuilds)
  func recordedFramesAreTrue(shape: Shape, build: Shape.Build) throws {
    let run = try ShapeRun(shape, build)
    let unwinder = StackUnwinder(modules: run.output.modules)
    for window in Self.windows {
      let recorded = run.output.acquisition(window: window)
      let alone = unwinder.acquisition(recorded, stoppedAt: nil)
      let continued = unwinder.acquisition(recorded, stoppedAt: run.output.stop)
      #expect(alone == unwinder.unwind(recorded), "\(window) bytes: nothing to infer from")
      #expect(alone.frames.allSatisfy { !$0.inferred })
      #expect(continued.frames.filter { !$0.inferred } == alone.frames, "\(window) bytes")
      #expect(difference(of: alone.frames, from: run.output.acquisitionTruth) == nil, "\(window) bytes")
      if alone.complete { #expect(alone.frames.count == run.output.acquisitionTruth.count, "\(window) bytes") }
      let least = shape.callers == .foreign || window == 64 ? 1 : 2
      #expect(alone.frames.count >= least, "\(window) bytes")
    }
    try expectContinuation(shape, run.output, unwinder)
    try expectStop(shape, run.output, unwinder)
  }

  /// What may be inferred from the stop, and what may not.
  private func expectContinuation(_ shape: Shape, _ output: ProbeOutput, _ unwinder: StackUnwinder) throws {
    for window in Self.windows {
      let recorded = output.acquisition(window: window)
      let alone = unwinder.acquisition(recorded, stoppedAt: nil)
      let stack = unwinder.acquisition(recorded, stoppedAt: output.stop)
      let mayContinue = isAlive(alone.frames, in: output.stopTruth)
      if !mayContinue { #expect(stack == alone, "\(window) bytes: continued against the rule") }
      switch shape.callers {
      case .kept:
        #expect(difference(of: stack.frames, from: output.acquisitionTruth) == nil, "\(window) bytes")
        #expect(!stack.complete || stack.frames.count == output.acquisitionTruth.count, "\(window) bytes")
        if mayContinue { #expect(stack.complete, "\(window) bytes: not continued") }
      case .foreign:
        #expect(stack == alone)
        #expect(stack.frames.map(\.pc) == [recorded.pc])
        #expect(!stack.complete)
      case .replaced:
        #expect(stack.frames.prefix(alone.frames.count).elementsEqual(alone.frames))
      }
    }
  }

  private func expectStop(_ shape: Shape, _ output: ProbeOutput, _ unwinder: StackUnwinder) throws {
    let stop = unwinder.unwind(output.stop)
    #expect(difference(of: stop.frames, from: output.stopTruth) == nil)
    #expect(stop.complete == !shape.stopsOnForeignStack)
    if stop.complete { #expect(stop.frames.count == output.stopTruth.count) } else { #expect(stop.frames.count == 1) }
  }

  @Test("a lock taken beneath a frame wider than the window is continued to the thread's start", arguments: wide.builds)
  func continuedPastAWideFrame(build: Shape.Build) throws {
    let run = try ShapeRun(Self.wide, build)
    let unwinder = StackUnwinder(modules: run.output.modules)
    let recorded = run.output.acquisition(window: 128)
    let stack = unwinder.acquisition(recorded, stoppedAt: run.output.stop)
    #expect(unwinder.unwind(recorded).complete == false)
    #expect(stack.complete)
    #expect(stack.frames.contains { $0.inferred })
    #expect(difference(of: stack.frames, from: run.output.acquisitionTruth) == nil)
  }

  @Test("callers that part outside of the window are inferred wrongly, and marked so", arguments: parting.builds)
  func replacedFarOut(build: Shape.Build) throws {
    let run = try ShapeRun(Self.parting, build)
    let unwinder = StackUnwinder(modules: run.output.modules)
    let stack = unwinder.acquisition(run.output.acquisition(window: 128), stoppedAt: run.output.stop)
    let recorded = stack.frames.filter { !$0.inferred }
    #expect(difference(of: recorded, from: run.output.acquisitionTruth) == nil)
    withKnownIssue("bytes within the window can't tell one caller further out from another") {
      #expect(difference(of: stack.frames, from: run.output.acquisitionTruth) == nil)
    }
  }

  @Test("an acquisition is not continued on another road to the same function", arguments: other.builds)
  func otherRoad(build: Shape.Build) throws {
    let run = try ShapeRun(Self.other, build)
    let unwinder = StackUnwinder(modules: run.output.modules)
    // begin() and process() are alive at the stop, with the same frame addresses; drain(), the third, is not.
    var partings = 0
    for window in stride(from: 8, through: 384, by: 8) {
      let recorded = run.output.acquisition(window: window)
      let alone = unwinder.unwind(recorded)
      guard alone.frames.count == 3 else { continue }
      partings += 1
      #expect(unwinder.acquisition(recorded, stoppedAt: run.output.stop) == alone, "\(window) bytes: continued")
    }
    #expect(partings > 0)
  }

  private static let other = Shape.named("other-road.c")
  private static let wide = Shape.named("wide-frame.c")
  private static let parting = Shape.named("far-other-road.c")
}

/// The first frame that is not the truth's at the same depth, in words; nil where all are.
func difference(of frames: [UnwoundFrame], from truth: [ProbeOutput.Truth]) -> String? {
  guard frames.count <= truth.count else { return "\(frames.count) frames, of which there were \(truth.count)" }
  for (depth, (frame, truth)) in zip(frames, truth).enumerated() {
    if frame.pc != truth.pc || frame.isReturnAddress != truth.isReturnAddress {
      return "frame \(depth): found \(frame), expected \(truth)"
    }
    if let start = frame.functionStart, start != truth.functionStart {
      return "frame \(depth): function at \(start), expected \(truth)"
    }
  }
  for (depth, (frame, caller)) in zip(frames, truth.dropFirst()).enumerated() {
    if let cfa = frame.cfa, cfa != caller.sp { return "frame \(depth): frame address \(cfa), expected \(caller.sp)" }
  }
  return nil
}

/// The rule of continuation, by itself: the oldest of `frames` whose return address is known stands in `stop` with the
/// same frame address, the same return address, in the same function.
private func isAlive(_ frames: [UnwoundFrame], in stop: [ProbeOutput.Truth]) -> Bool {
  guard frames.count >= 2 else { return false }
  let (oldest, caller) = (frames[frames.count - 2], frames[frames.count - 1])
  return zip(stop, stop.dropFirst()).contains { frame, above in
    above.sp == oldest.cfa && above.pc == caller.pc && frame.functionStart == oldest.functionStart
  }
}
