// Running a program to its end: what comes back, and that nothing outlives its time.

import Glibc
import StragglerProcesses
import Testing

private func shell(
  _ script: String, environment: [String: String?] = [:], folder: String = "/", limit: Duration = .seconds(60)
) throws -> Subprocess.Result {
  try Subprocess("/bin/sh", ["-c", script], environment: environment, workingDirectory: folder, timeLimit: limit).run()
}

private func text(_ bytes: [UInt8]) -> String {
  String(decoding: bytes, as: UTF8.self)
}

@Suite("A program run to its end")
struct SubprocessTests {
  @Test("Both outputs come back, each by itself, with the status")
  func outputs() throws {
    let result = try shell("echo out; echo error >&2; exit 7")
    #expect(result.end == .status(7))
    #expect(text(result.output) == "out\n")
    #expect(text(result.errorOutput) == "error\n")
  }

  @Test("A death by signal is told from a status")
  func signal() throws {
    #expect(try shell("kill -KILL $$").end == .signal(9))
    #expect(try shell("exit 137").end == .status(137))
  }

  @Test("More than a pipe holds comes back whole")
  func muchOutput() throws {
    let result = try shell("head -c 3000000 /dev/zero; head -c 1000000 /dev/zero >&2")
    #expect(result.output.count == 3_000_000)
    #expect(result.errorOutput.count == 1_000_000)
    #expect(result.end == .status(0))
  }

  @Test("There is nothing to read, and no signal is blocked or ignored")
  func surroundings() throws {
    #expect(text(try shell("cat; echo end").output) == "end\n")
    let masks = text(try shell("sed -n 's/^Sig\\(Blk\\|Ign\\):\\t//p' /proc/self/status").output)
    let blocked = masks.split(separator: "\n").compactMap { UInt64($0, radix: 16) }
    // glibc ignores its two own signals, 32 and 33, in what it spawns.
    #expect(blocked.map { $0 & ~0x1_8000_0000 } == [0, 0])
  }

  @Test("Variables are added, replaced and taken away; the others stay")
  func environment() throws {
    setenv("SUBPROCESS_TEST_KEPT", "kept", 1)
    setenv("SUBPROCESS_TEST_GONE", "gone", 1)
    defer {
      unsetenv("SUBPROCESS_TEST_KEPT")
      unsetenv("SUBPROCESS_TEST_GONE")
    }
    let result = try shell(
      "echo $SUBPROCESS_TEST_KEPT/${SUBPROCESS_TEST_GONE-unset}/$SUBPROCESS_TEST_NEW",
      environment: ["SUBPROCESS_TEST_GONE": nil, "SUBPROCESS_TEST_NEW": "a=b c"])
    #expect(text(result.output) == "kept/unset/a=b c\n")
  }

  @Test("The program runs in the folder it was given")
  func folder() throws {
    #expect(text(try shell("pwd", folder: "/usr").output) == "/usr\n")
  }

  @Test("Past its time everything the program started is ended, and what it said until then comes back")
  func timeLimit() throws {
    // Both shells print their own number; the inner one would go on for ever.
    let result = try shell("echo $$; sh -c 'echo $$; while :; do sleep 1000; done' & wait", limit: .milliseconds(500))
    #expect(result.end == .timedOut)
    let processes = text(result.output).split(separator: "\n").compactMap { pid_t($0) }
    #expect(processes.count == 2)
    for process in processes {
      // Gone, or not yet reaped by the one who inherited it; a session's number is gone with its last process.
      #expect(getsid(process) < 0 || isZombie(process))
    }
  }

  @Test("A process that is left behind with the output open keeps nobody waiting")
  func leftBehind() throws {
    let result = try shell("sleep 1000 & echo $!")
    #expect(result.end == .status(0))
    let process = try #require(pid_t(text(result.output).dropLast()))
    kill(process, SIGKILL)
  }

  @Test("A program that closes its output is waited for")
  func closedOutput() throws {
    #expect(try shell("exec >&- 2>&-; sleep 0.2; exit 3").end == .status(3))
  }

  @Test("A program that cannot be started is named, with the reason")
  func launchError() {
    let missing = Subprocess("/no/such/program", [], workingDirectory: "/", timeLimit: .seconds(1))
    let error = #expect(throws: Subprocess.LaunchError.self) { try missing.run() }
    #expect(error?.description.contains("/no/such/program") == true)
    #expect(error?.description.contains("No such file") == true)
    let homeless = Subprocess("/bin/true", [], workingDirectory: "/no/such/folder", timeLimit: .seconds(1))
    #expect(throws: Subprocess.LaunchError.self) { try homeless.run() }
  }

  private func isZombie(_ process: pid_t) -> Bool {
    guard let state = try? shell("cut -d' ' -f3 /proc/\(process)/stat") else { return false }
    return ["Z\n", "X\n", ""].contains(text(state.output))
  }
}
