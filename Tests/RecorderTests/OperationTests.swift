// Calls on files that are under way, or were left without coming back.

internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct OperationTests {
  // Not optimized, and without the compiler's knowledge of libc: each function is called by its own name.
  private let program = TestProgram(source: "operations.c", options: ["-O0", "-fno-builtin"])

  /// What each call is recorded as.
  private static let underWay = [
    "write": "write file", "pwrite": "write file", "pwrite64": "write file", "writev": "write file",
    "pwritev": "write file", "pwritev64": "write file", "pwritev2": "write file", "pwritev64v2": "write file",
    "copy_file_range": "write file", "sendfile": "write file", "sendfile64": "write file", "splice": "write file",
    "dprintf": "write file", "fallocate": "write file", "fallocate64": "write file", "posix_fallocate": "write file",
    "posix_fallocate64": "write file", "sync": "sync", "fsync": "sync file", "fdatasync": "sync file",
    "syncfs": "sync file",
    "sync_file_range": "sync file", "ftruncate": "truncate file", "ftruncate64": "truncate file",
    "truncate": "truncate LONG", "truncate64": "truncate here", "rename": "rename here there",
    "renameat": "rename here there", "renameat2": "rename here there", "fflush": "flush stream",
    "fflush_unlocked": "flush stream", "fclose": "close stream", "pclose": "close stream",
    "fputs": "streamWrite stream", "fputs_unlocked": "streamWrite stream", "fwrite": "streamWrite stream",
    "fwrite_unlocked": "streamWrite stream", "fputc": "streamWrite stream", "putc": "streamWrite stream",
    "fprintf": "streamWrite stream", "fputws": "streamWrite stream", "fwprintf": "streamWrite stream",
  ]

  /// Such as `sync file` or `rename here there`, by what the program calls its file and its stream.
  private func words(_ operation: RecordedOperation, _ run: ProgramRun) -> String {
    var words = ["\(operation.kind)"]
    if let stream = operation.stream {
      // The descriptor is the stream's own.
      let own = try? run.process.files.first { $0.stream == stream }?.descriptor
      words.append(operation.descriptor == own ? run.names[stream] ?? "another" : "astray")
    } else if let descriptor = operation.descriptor {
      words.append(run.names[UInt64(descriptor)] ?? "another")
    }
    words += [operation.path, operation.target].compactMap { $0 }.map { $0.hasPrefix("...x") ? "LONG" : $0 }
    return words.joined(separator: " ")
  }

  @Test func everyCallThatDoesNotReturnIsUnderWay() throws {
    let run = try program.run(["in-every-call"], environment: ["LD_PRELOAD": TestProgram.library("blocking.c")])
    #expect(run.end == .status(0), "\(run.errorOutput)")
    let threads = try run.process.threads
    let found = threads.compactMap { thread in
      run.names[UInt64(thread.id ?? 0)].map { ($0, thread.operation.map { words($0, run) } ?? "nothing") }
    }
    let calls = Dictionary(found) { first, _ in first }
    #expect(Set(calls.keys) == Set(Self.underWay.keys))
    for (call, expected) in Self.underWay { #expect(calls[call] == expected, "\(call)") }
    #expect(try run.process.main.operation == nil)
    let long = threads.compactMap(\.operation?.path).first { $0.hasPrefix("...x") }
    #expect(long?.utf8.count == 135 && long?.hasSuffix("x/log") == true, "the end of a long path is kept")
  }

  @Test(arguments: Recording.observed) func aWriteThatWasLeftByALongJumpIsOver(recording: Recording) throws {
    #expect(try program.scenario("left-by-longjmp", recording).process.thread(named: "worker").operation == nil)
  }
}
