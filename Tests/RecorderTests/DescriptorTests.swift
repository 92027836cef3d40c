// Every call that makes a descriptor, and every one that takes one away, as the record has it before anybody asks the kernel:
// a process that is killed has no freeze that could put it right.

internal import Foundation
internal import Glibc
internal import StragglerModel
internal import StragglerProcesses
internal import Testing

@Suite struct DescriptorTests {
  // Not optimized: each call of the table stands in a function of its own, and returns to it.
  private let program = TestProgram(source: "descriptors.c", options: ["-O0", "-fno-builtin"])

  /// What is recorded of each call's descriptor; of a second one behind a plus sign.
  private static let made = [
    "open": "path open w append", "open64": "path open64 rw cloexec", "openat": "path openat w",
    "openat64": "path openat64 rw append", "__open_2": "path __open_2 w append", "__open64_2": "path __open64_2 rw",
    "__openat_2": "path __openat_2 w cloexec", "__openat64_2": "path __openat64_2 r", "creat": "path creat w",
    "creat64": "path creat64 w", "nameless": "temporary - rw", "mkstemp": "path mkstemp-RANDOM rw",
    "mkstemp64": "path mkstemp64-RANDOM rw", "mkostemp": "path mkostemp-RANDOM rw append",
    "mkostemp64": "path mkostemp64-RANDOM rw cloexec", "mkstemps": "path mkstemps-RANDOM.txt rw",
    "mkstemps64": "path mkstemps64-RANDOM.txt rw", "mkostemps": "path mkostemps-RANDOM.txt rw cloexec",
    "mkostemps64": "path mkostemps64-RANDOM.txt rw append", "tmpfile": "temporary - rw stream",
    "tmpfile64": "temporary - rw stream", "memfd_create": "memory memfd_create rw",
    "shm_open": "memory shm_open-RANDOM rw",
    "mq_open": "queue mq_open-RANDOM w", "__mq_open_2": "queue __mq_open_2-RANDOM r", "fopen": "path fopen w stream",
    "fopen64": "path fopen64 rw append stream", "fdopen": "duplicate - w append stream",
    "freopen": "path freopen w stream",
    "freopen64": "path freopen64 w append stream", "freopen_same": "duplicate - r stream",
    "freopen64_same": "duplicate - r stream", "popen": "pipe - r stream", "opendir": "folder dev r",
    "dup": "path original w append", "dup2": "path original w append", "dup3": "path original w append cloexec",
    "dup_unseen": "duplicate - rw", "dupfd": "path original w append",
    "dupfd_cloexec": "path original w append cloexec",
    "dupfd64": "path original w append", "pipe": "pipe - r", "pipe+": "pipe - w", "pipe2": "pipe - r cloexec",
    "pipe2+": "pipe - w cloexec", "socketpair": "socket - rw", "socketpair+": "socket - rw", "openpty": "path ptmx rw",
    "openpty+": "received - rw", "socket": "socket - rw", "accept": "socket - rw", "accept4": "socket - rw",
    "recvmsg": "received - rw", "recvmmsg": "received - rw", "recvmmsg+": "received - rw", "eventfd": "event - rw",
    "epoll_create": "epoll - rw", "epoll_create1": "epoll - rw", "timerfd_create": "timer - rw",
    "inotify_init": "watch - r", "inotify_init1": "watch - r", "pidfd_open": "process - rw",
    "posix_openpt": "path ptmx rw", "getpt": "path ptmx rw", "signalfd": "signal - rw", "pidfd_getfd": "received - rw",
    "forkpty": "path ptmx rw",
  ]
  /// Of these only the kernel knows what they are.
  private static let askedAtTheFreeze = [
    "fdopen": "duplicate original w append stream", "freopen_same": "duplicate freopen_same r stream",
    "freopen64_same": "duplicate freopen64_same r stream", "pidfd_getfd": "received original w",
  ]

  /// One descriptor that the program says it has made, and where the code of its maker begins.
  private struct Said {
    var name: String
    var descriptor: Int32
    var maker: UInt64
  }

  private func said(_ run: ProgramRun) throws -> [Said] {
    try run.lines.map { line in
      let words = line.split(separator: " ").map(String.init)
      try #require(words.count == 3, "\(line)")
      return Said(
        name: words[0], descriptor: try #require(Int32(words[1])),
        maker: try #require(UInt64(words[2].dropFirst(2), radix: 16)))
    }
  }

  private func file(_ said: Said, in process: RecordedProcess) -> RecordedFile? {
    process.files.first { $0.descriptor == said.descriptor }
  }

  /// Such as `path log w append`; what a name has behind a hyphen differs from run to run.
  private func words(_ file: RecordedFile) -> String {
    var name = file.path.map { String($0.split(separator: "/").last ?? "") } ?? "-"
    if let match = name.firstMatch(of: /-[A-Za-z0-9]+/) { name.replaceSubrange(match.range, with: "-RANDOM") }
    let access = (file.readable ? "r" : "") + (file.writable ? "w" : "")
    var words = ["\(file.origin)", name, access]
    if file.openFlags & UInt32(O_APPEND) != 0 { words.append("append") }
    if file.openFlags & UInt32(O_CLOEXEC) != 0 { words.append("cloexec") }
    if file.stream != nil { words.append("stream") }
    return words.joined(separator: " ")
  }

  private func words(_ said: [Said], in process: RecordedProcess) -> [String: String] {
    let pairs = said.map { ($0.name, file($0, in: process).map(words) ?? "not recorded") }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  /// The maker whose code an address is in: the last one that begins before it.
  private func maker(of address: UInt64, among said: [Said]) -> UInt64? {
    said.map(\.maker).filter { $0 <= address }.max()
  }

  /// What differs, so that one wrong entry does not print all.
  private func differences(_ found: [String: String], _ expected: [String: String]) -> [String] {
    Set(found.keys).union(expected.keys).sorted().filter { found[$0] != expected[$0] }.map {
      "\($0): \(found[$0] ?? "not made") in place of \(expected[$0] ?? "nothing")"
    }
  }

  @Test(arguments: Recording.observed) func everyCallThatMakesADescriptorSaysWhatItIs(recording: Recording) throws {
    let run = try program.run(["made-and-killed"], recording)
    #expect(run.end == .signal(Int(SIGKILL)), "\(run.errorOutput)")
    let (process, said) = (try run.process, try said(run))
    #expect(differences(words(said, in: process), Self.made).isEmpty)
    let astray = said.filter { maker(of: file($0, in: process)?.opened.pc ?? 0, among: said) != $0.maker }
    #expect(astray.map(\.name).isEmpty, "not opened where it was")
    #expect(process.files.allSatisfy { $0.opener == 1 })
  }

  @Test(arguments: Recording.observed) func noDescriptorThatIsOpenIsDroppedAtTheFreeze(recording: Recording) throws {
    let run = try program.scenario("made", recording)
    var expected = Self.made.merging(Self.askedAtTheFreeze) { _, asked in asked }
    // The path of what was standard input, and that of a terminal, are the machine's.
    var found = words(try said(run), in: try run.process)
    for name in ["dup_unseen", "openpty+", "recvmsg", "recvmmsg", "recvmmsg+"] {
      #expect(found[name]?.hasPrefix(name == "dup_unseen" ? "duplicate " : "received ") == true, "\(name)")
      (found[name], expected[name]) = (nil, nil)
    }
    #expect(differences(found, expected).isEmpty)
  }

  /// CAP_DAC_READ_SEARCH and CAP_SYS_ADMIN, capabilities(7).
  private static let isPrivileged: Bool = {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let digits = status.firstMatch(of: /CapEff:\s*([0-9a-f]+)/)?.1 ?? ""
    let needed: UInt64 = 1 << 2 | 1 << 21
    return (UInt64(digits, radix: 16) ?? 0) & needed == needed
  }()

  @Test(.enabled(if: isPrivileged, "only an administrator may watch a whole file system, or open by a handle"))
  func whatOnlyAnAdministratorCanMakeIsSeenToo() throws {
    let run = try program.run(["made-with-privilege"])
    #expect(run.end == .signal(Int(SIGKILL)), "\(run.errorOutput)")
    let found = words(try said(run), in: try run.process)
    #expect(differences(found, ["fanotify_init": "watch - r", "open_by_handle_at": "received - r"]).isEmpty)
  }

  @Test(arguments: ["lost-and-killed", "lost-and-replaced"], Recording.observed)
  func whatWasClosedIsNotInARecordThatNobodyPutRight(scenario: String, recording: Recording) throws {
    let run = try program.run([scenario], recording)
    #expect(run.end == (scenario == "lost-and-killed" ? .signal(Int(SIGKILL)) : .status(0)), "\(run.errorOutput)")
    let files = try run.process.files.map { $0.path ?? "\($0.origin)" }
    #expect(files == ["kept", "kept", "kept", "kept-by-freopen", "kept-by-freopen64", "kept-stream"])
  }
}
