// Which processes get their threads stopped from outside.

internal import CStragglerArena
internal import Glibc
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

  /// Its threads that are missing may have been dead already when they were looked for.
  @Test func aProcessThatIsKilledWhileItIsStoppedIsKnown() throws {
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1000"), nil]
    defer { arguments.forEach { free($0) } }
    try #require(posix_spawnp(&process, "sleep", nil, nil, &arguments, environ) == 0)
    #expect(!StoppedProcess(stopping: process, except: [process]).wasKilled)
    kill(process, SIGKILL)
    // Until it is dead, and still listed.
    var information = siginfo_t()
    #expect(waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == 0)
    #expect(StoppedProcess(stopping: process, except: [process]).wasKilled)
    #expect(waitpid(process, nil, 0) == process)
  }
}
