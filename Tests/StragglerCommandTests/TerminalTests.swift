// A person at a terminal: keys, job control and interactive programs are as they are without straggler.

internal import Foundation
internal import StragglerProcesses
internal import Testing

@Suite(.timeLimit(.minutes(3))) struct TerminalTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Programs/terminal.py").path

  @Test(arguments: [
    "interrupt", "quit_program", "hang_up", "job_control", "interactive_shell", "interactive_python",
  ])
  func theProgramHasTheTerminal(scenario: String) throws {
    let result = try runProgram(
      "/usr/bin/env", ["python3", Self.script, scenario, TestPrograms.straggler, TestPrograms.signals])
    #expect(result.end == .status(0), "\(result.errorOutput)")
  }
}
