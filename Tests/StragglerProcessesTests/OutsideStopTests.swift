// Which processes get their threads stopped from outside.

internal import CStragglerArena
internal import CStragglerSystem
internal import Foundation
internal import Glibc
internal import StragglerModel
internal import Testing

@testable internal import StragglerProcesses

@Suite struct OutsideStopTests {
  /// Its number may be another process's by now, and its record is complete as it is.
  @Test func aProcessThatWasKilledWhileItWaitedIsLeftAlone() throws {
    let gone: Int32 = 1 << 23  // beyond the kernel's limit (PID_MAX_LIMIT, proc(5))
    let arena = OwnedDescriptor(open("\(TestPrograms.folder)/awaiting", O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    let place = off_t(try #require(MemoryLayout<StragglerArenaHeader>.offset(of: \.outside_stop)))
    var word = STRAGGLER_OUTSIDE_STOP_ASKED.rawValue
    #expect(pwrite(arena.number, &word, 4, place) == 4)
    let copy = OwnedDescriptor(dup(arena.number))
    let images = ImageCollection(mainID: gone, request: try .shell("exit 0"))
    images.attach(ReceivedHello(processID: gone, parentID: 1, arena: arena))
    images.helpExits()
    #expect(pread(copy.number, &word, 4, place) == 4)
    #expect(word == STRAGGLER_OUTSIDE_STOP_ASKED.rawValue)
  }

  private func spawn(_ program: String, _ arguments: [String] = [], variables: [String] = []) throws -> pid_t {
    var process: pid_t = 0
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    var environment = variables.map { strdup($0) } + [nil]
    defer { (words + environment).forEach { free($0) } }
    try #require(posix_spawnp(&process, program, nil, nil, &words, &environment) == 0)
    return process
  }

  /// A record in which one thread lives that the kernel does not know.
  private func recordOfAMissingThread() throws -> RecordedProcess {
    var process = try ObservationRequest.shell("exit 0").run().main.recorded.get()
    process.exit.phase = .exiting
    process.threads[0].id = 1 << 23
    process.threads[0].lifecycle = .alive
    return process
  }

  /// Its threads that are missing may have been dead already when they were looked for.
  @Test func aProcessThatIsKilledWhileItIsStoppedIsKnown() throws {
    let process = try spawn("sleep", ["1000"])
    let living = StoppedProcess(stopping: process, except: [process])
    #expect(!living.wasKilled)
    kill(process, SIGKILL)
    // Until it is dead, and still listed.
    var information = siginfo_t()
    #expect(waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == 0)
    let killed = StoppedProcess(stopping: process, except: [process])
    #expect(killed.wasKilled)
    for (stopped, vanished) in [(living, true), (killed, false)] {
      var record = try recordOfAMissingThread()
      stopped.fill(&record)
      #expect(record.threads[0].vanished == vanished)
    }
    #expect(waitpid(process, nil, 0) == process)
  }

  /// Polls what another process brings about; a limit that only a hang reaches.
  private func polled<Value>(_ value: () -> Value?) throws -> Value {
    for _ in 0..<60_000 {
      if let value = value() { return value }
      usleep(1000)
    }
    throw CancellationError()
  }

  /// The kernel keeps a killed process until whoever traces one of its threads has heard of that one's end: so long it has not ended.
  @Test(arguments: [false, true]) func aProcessThatIsKilledWhileItIsStoppedHasNoMoreOfARecordThanBefore(
    killed: Bool
  ) throws {
    let directory = try PrivateDirectory(parent: TestPrograms.folder)
    let socket = try RecorderSocket(in: directory)
    let process = try spawn(
      TestPrograms.twoThreads,
      variables: ["LD_PRELOAD=\(TestPrograms.recorder)", "STRAGGLER_SOCKET=\(socket.path)", "RECORDER_EXIT=begun"])
    let hello = try polled { socket.receive(spare: 0).first }
    let arena = OwnedDescriptor(dup(hello.arena.number))
    let place = off_t(try #require(MemoryLayout<StragglerArenaHeader>.offset(of: \.outside_stop)))
    var word = STRAGGLER_OUTSIDE_STOP_ASKED.rawValue
    #expect(pwrite(arena.number, &word, 4, place) == 4)
    let other = try polled { ProcFile.numbers(in: "/proc/\(process)/task").first { $0 != process } }
    if killed {
      #expect(straggler_system_thread_interrupt(other) == 0)
      kill(process, SIGKILL)
      _ = try polled { ProcFile.read("/proc/\(process)/stat")?.contains(") Z ") == true ? true : nil }
    }

    let images = ImageCollection(mainID: process, request: try .shell("exit 0"))
    images.attach(hello)
    images.helpExits()
    #expect(pread(arena.number, &word, 4, place) == 4)
    #expect(word == (killed ? STRAGGLER_OUTSIDE_STOP_TAKEN : STRAGGLER_OUTSIDE_STOP_DONE).rawValue)
    kill(process, SIGKILL)
    #expect(waitpid(process, nil, 0) == process)
    let record = try #require(images.finishMain(.signaled(SIGKILL))).recorded.get()
    #expect(record.exit.phase == (killed ? .exiting : .frozen))
    withExtendedLifetime(directory) {}
  }
}
