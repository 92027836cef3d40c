// A process may leave thousands of threads behind: their stacks are found in well under a second.

import Glibc
import StragglerModel
import StragglerStacks
import Testing

@Suite struct SpeedTests {
  @Test("2,000 further stacks take less than two seconds of the processor, unoptimized")
  func manyStacks() throws {
    let run = try ShapeRun(.named("callback.c"), Shape.Build(compiler: "gcc", options: ["-O2"]))
    let unwinder = StackUnwinder(modules: run.output.modules)
    let first = unwinder.unwind(run.output.stop)
    let begin = processorTime()
    for _ in 0..<2_000 where unwinder.unwind(run.output.stop) != first { Issue.record("a stack that changes") }
    let time = processorTime() - begin
    #expect(first.complete)
    #expect(time < .seconds(2), "\(time)")
  }
}

/// Of the calling thread: what other tests do meanwhile is not counted.
private func processorTime() -> Duration {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
