// What this process was started with, from two sources that must agree.

@testable internal import StragglerProcesses
internal import Testing

@Suite struct ProgramArgumentsTests {
  @Test func theKernelKnowsTheSameArgumentsAsTheRuntime() {
    #expect(!ProgramArguments.kernels.isEmpty)
    #expect(ProgramArguments.kernels == CommandLine.arguments)
    #expect(ProgramArguments.all == CommandLine.arguments)
  }
}
