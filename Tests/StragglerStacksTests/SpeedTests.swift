// A process may leave thousands of threads behind: their stacks are found in well under a second.

import StragglerModel
import StragglerStacks
import Testing

@Suite struct SpeedTests {
  @Test("2,000 further stacks take less than two seconds, unoptimized and on a busy machine")
  func manyStacks() throws {
    let run = try ShapeRun(.named("callback.c"), Shape.Build(compiler: "gcc", options: ["-O2"]))
    let unwinder = StackUnwinder(modules: run.output.modules)
    let first = unwinder.unwind(run.output.stop)
    let time = ContinuousClock().measure {
      for _ in 0..<2_000 where unwinder.unwind(run.output.stop) != first { Issue.record("a stack that changes") }
    }
    #expect(first.complete)
    #expect(time < .seconds(2), "\(time)")
  }
}
