// The status or signal with which a program ends, and what it prints on its way out, are its own: whoever observes it.

internal import Glibc
internal import StragglerProcesses
internal import Testing

@Suite struct WaysOutTests {
  private let program = TestProgram(source: "waysout.c")

  static let statuses: [String: Int] = [
    "large_status": 3, "negative_status": 255, "callbacks": 4, "quick_callbacks": 5, "quick_callback_ends": 9,
    "callback_ends_at_once": 9, "callback_ends_anew": 10, "raw": 6, "on_its_own_stack": 20 + Int(SIGSEGV),
    "handler_exits": 20 + Int(SIGTERM), "handler_exits_quickly": 20 + Int(SIGINT), "from_thread": 11,
    "at_once_while_main_exits": 12, "main_leaves": 0, "executes": 13, "executes_from_thread": 13, "amid_creations": 14,
    "jumped_out_of_a_fault": 15, "buffered": 0,
  ]
  static let signals: [String: Int32] = [
    "asserted": SIGABRT, "aborted": SIGABRT, "terminated": SIGTERM, "interrupted": SIGINT, "quit": SIGQUIT,
    "hung_up": SIGHUP, "by_alarm": SIGALRM, "by_pipe": SIGPIPE, "by_user": SIGUSR1,
    // glibc keeps two real-time signals for itself: SIGRTMIN is 34.
    "by_real_time": 34 + 3, "by_system_call": SIGSYS, "killed": SIGKILL, "wrote_to_nothing": SIGSEGV,
    "divided": SIGFPE, "beyond_the_file": SIGBUS, "trapped": SIGILL, "overflowed": SIGSEGV,
  ]

  private func expectOwnEnd(
    _ way: String, _ end: Subprocess.Result.End, _ recording: Recording,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let alone = try program.run([way], .alone)
    let observed = try program.run([way], recording)
    #expect(alone.end == end, "alone", sourceLocation: sourceLocation)
    #expect(observed.end == end, "\(observed.errorOutput)", sourceLocation: sourceLocation)
    #expect(observed.output == alone.output, sourceLocation: sourceLocation)
    // The linked program is another file, and an assertion names it.
    if recording == .preloaded { #expect(observed.errorOutput == alone.errorOutput, sourceLocation: sourceLocation) }
    #expect(!observed.processes.isEmpty, sourceLocation: sourceLocation)
  }

  @Test(arguments: statuses, Recording.observed)
  func theStatusIsTheProgramsOwn(way: (key: String, value: Int), recording: Recording) throws {
    try expectOwnEnd(way.key, .status(way.value), recording)
  }

  @Test(arguments: signals, Recording.observed)
  func theSignalIsTheProgramsOwn(way: (key: String, value: Int32), recording: Recording) throws {
    try expectOwnEnd(way.key, .signal(Int(way.value)), recording)
  }

  /// The reserve of the arena must not be in it: it would be gigabytes of nothing.
  @Test(arguments: Recording.observed) func aCoreIsDumpedAsEver(recording: Recording) throws {
    let script = """
      import os, resource, sys, tempfile
      # Where two processes write their cores to one place, the kernel gives one of them up.
      folder = tempfile.TemporaryDirectory()
      os.chdir(folder.name)
      hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
      resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
      child = os.fork()
      if child == 0: os.execv(sys.argv[1], sys.argv[1:])
      status = os.waitpid(child, 0)[1]
      print("signal", os.WTERMSIG(status), "core", os.WCOREDUMP(status))
      """
    let wrapper = ["/usr/bin/env", "python3", "-c", script]
    let alone = try TestProgram(source: "exits.c").run(["aborted"], .alone, wrapper: wrapper)
    let observed = try TestProgram(source: "exits.c").run(["aborted"], recording, wrapper: wrapper)
    #expect(alone.lines.last?.hasPrefix("signal 6 core") == true)
    #expect(observed.lines.last == alone.lines.last)
  }
}
