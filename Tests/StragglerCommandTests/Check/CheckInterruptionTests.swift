// `straggler check` that is told to end.

internal import Foundation
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct CheckInterruptionTests {
  /// Each says who it is and goes on for longer than the test.
  private static let fixture = """
    #!/bin/sh
    # CLEAN:
    echo $$ >> "$BEGUN"
    exec sleep 1000
    """

  @Test(arguments: ["TERM", "HUP"]) func noProgramIsLeftNorBegunAndNoFolder(signal: String) throws {
    let names = (0..<12).map { "fixtures/\($0).sh" }
    let folder = try TemporaryFolder(Dictionary(uniqueKeysWithValues: names.map { ($0, Self.fixture) }))
    let result = try runProgram(
      "/bin/sh",
      [
        "-c",
        """
        cd "$1" && mkdir scratch && touch begun && export TMPDIR="$1/scratch" BEGUN="$1/begun"
        "$2" check -j 6 fixtures &
        until test "$(wc -l < begun)" -ge 6; do kill -0 $! || exit 99; done
        kill -\(signal) $!
        wait $!; echo "status $?"
        left() { for process in $(cat begun); do kill -0 $process 2>/dev/null && echo $process; done; }
        for turn in $(seq 100); do test -z "$(left)" && break; sleep 0.05; done
        echo "left:" $(left; ls scratch)
        """, "sh", folder.path, TestPrograms.straggler,
      ])
    #expect(result.output == "status \(signal == "TERM" ? 143 : 129)\nleft:\n", "\(result.errorOutput)")
  }
  /// As nohup(1) leaves them.
  @Test func whatWasIgnoredStaysIgnored() throws {
    let fixture = """
      #!/bin/sh
      # CLEAN:
      echo $$ > begun.new && mv begun.new "$BEGUN" && exec sleep 2
      """
    let folder = try TemporaryFolder(["fixture.sh": fixture])
    let result = try runProgram(
      "/bin/sh",
      [
        "-c",
        """
        cd "$1" && export BEGUN="$1/begun" && trap '' HUP INT
        "$2" check fixture.sh &
        until test -e begun; do kill -0 $! || exit 99; done
        kill -HUP $!; kill -INT $!
        wait $!; echo "status $?"
        """, "sh", folder.path, TestPrograms.straggler,
      ])
    #expect(result.output.hasSuffix("1 passed, 0 failed\nstatus 0\n"), "\(result.output)\(result.errorOutput)")
  }
}
