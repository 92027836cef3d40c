// Signals on their way to the program: sent to straggler alone, to the group, and stops.

internal import Foundation
internal import StragglerProcesses
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct SignalTests {
  /// Starts straggler with a program in the background of a shell, and runs `body` there once the program is ready:
  /// `$straggler` is the process to signal, `$output` what the program has printed.
  private func shell(_ program: String, _ arguments: String, _ body: String) throws -> CommandResult {
    let script = """
      set -u
      output=$1; straggler=$2; program=$3
      "$straggler" run --report text=/dev/null -- "$program" \(arguments) > "$output" &
      straggler=$!
      await() { until grep -q "$1" "$output"; do kill -0 $straggler || exit 99; done; }
      await ready
      \(body)
      wait $straggler
      """
    return try runProgram(
      "/bin/sh", ["-c", script, "sh", TestPrograms.freshPath("output"), TestPrograms.straggler, program])
  }

  // Not INT and QUIT: a shell's background jobs ignore them.
  @Test(arguments: [("TERM", 15), ("HUP", 1), ("ALRM", 14)])
  func aSignalSentToStragglerAloneEndsTheProgram(name: String, number: Int) throws {
    #expect(try shell(TestPrograms.signals, "", "kill -\(name) $straggler").end == .status(128 + number))
  }

  @Test func everySignalReachesTheProgramOnce() throws {
    let result = try shell(
      TestPrograms.signals, "3",
      """
      kill -USR1 $straggler; await 'signal 10'
      kill -USR2 $straggler; await 'signal 12'
      kill -USR1 $straggler
      wait $straggler; cat "$output"
      """)
    #expect(result.output == "ready\nsignal 10\nsignal 12\nsignal 10\n")
  }

  @Test func aStopOfTheProgramStopsStragglerAndAContinuationContinuesBoth() throws {
    let result = try shell(
      TestPrograms.signals, "1",
      """
      state() { sed 's/.*) //' /proc/$1/stat | cut -d' ' -f1; }
      program=$(pgrep -P $straggler)
      kill -STOP $program
      until test "$(state $straggler)" = T; do :; done
      kill -CONT $straggler
      until test "$(state $program)" != T; do :; done
      kill -USR1 $straggler
      wait $straggler; echo "status $?"
      """)
    #expect(result.output == "status 0\n")
  }
}
