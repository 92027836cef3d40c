// What is said about what could not be seen.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct CoverageTests {
  private static let synchronization = "/usr/lib/swift/linux/libswiftSynchronization.so"

  private func unseen(_ paths: [String], _ resolver: FakeResolver = FakeResolver()) -> [String] {
    let modules = paths.map { Module(path: $0, bias: 0, range: 0..<1, buildID: []) }
    return report(sampleProcess([exitingThread()], modules: modules), .exited(status: 0), resolver).unseen
  }

  @Test func swiftsMutexIsABlindSpotWhereAFileUsesIt() {
    let line = "Synchronization.Mutex: uncontended use makes no library call"
    #expect(unseen([Self.synchronization], FakeResolver(runtimesFound: [.swiftMutex])) == [line])
    #expect(unseen(["/bin/app"], FakeResolver(runtimesFound: [.swiftMutex])) == [line])
    // An audit reads no files: it has to reckon with it.
    #expect(unseen([Self.synchronization]) == [line])
  }

  /// The module has atomics, too, and they are no locks.
  @Test func swiftsMutexIsNoneWhereNoFileUsesIt() {
    #expect(unseen([Self.synchronization], FakeResolver(runtimesFound: [])).isEmpty)
  }

  @Test func programsBeyondTheRoomForThemAreCounted() {
    var process = sampleProcess([exitingThread()])
    process.children.spawned = [71, 72]
    process.children.forgotten = 3
    let lines = report(process).unseen
    #expect(lines.count == 1 && lines[0].hasPrefix("whether a recorder attached to 3 of 5 programs"))
  }

  @Test(arguments: ["/usr/lib/libpython3.13.so.1.0", "/usr/bin/python3.14"])
  func pythonsOwnLocksAreABlindSpot(path: String) {
    #expect(unseen([path]).count == 1)
  }

  @Test(arguments: ["/usr/lib/libpython3.11.so.1.0", "/usr/bin/python3.9", "/usr/lib/libswiftCore.so", "/bin/cat"])
  func otherModulesAreNone(path: String) {
    #expect(unseen([path]).isEmpty)
  }

  @Test func aFileThatLocksPastTheRecorderIsNamed() {
    let plugin = Module(path: "/lib/plugin.so", bias: 0, range: 0..<1, buildID: [], bypassesRecorder: true)
    #expect(
      report(sampleProcess([exitingThread()], modules: [plugin])).unseen == [
        "locks that plugin.so takes: its calls lead to libc past the recorder (RTLD_DEEPBIND, dlmopen)"
      ])
  }

  private func unseen(startRoutine name: String) -> [String] {
    let started = thread(2) { $0.startRoutine = 0x500 }
    return report(
      sampleProcess([exitingThread(), started]), .exited(status: 0), FakeResolver(functions: [0x500: name])
    ).unseen
  }

  @Test(arguments: [
    "_ZN3std3sys3pal4unix6thread6Thread3new12thread_start17h0123456789abcdefE",
    "std::sys::thread::unix::Thread::new::thread_start",
  ])
  func rustsLocksAreABlindSpotWhereItsThreadsRun(routine: String) {
    #expect(
      unseen(startRoutine: routine) == [
        "std::sync of Rust's standard library: uncontended use makes no library call"
      ])
  }

  @Test func runtimesThatFilesWereBuiltWithAreBlindSpotsWithoutAnyThread() {
    let result = report(
      sampleProcess([exitingThread()]), .exited(status: 0), FakeResolver(runtimesFound: [.rust, .go]))
    #expect(result.unseen.map { $0.prefix(4) } == ["goro", "std:"])
  }

  @Test(arguments: ["threadentry", "runtime.mstart"]) func gosLocksAreABlindSpot(routine: String) {
    #expect(unseen(startRoutine: routine).count == 1)
  }

  @Test(arguments: ["thread_start", "std::sys::run", "writer", "my_threadentry", "runtime_start"])
  func otherStartRoutinesAreNone(routine: String) {
    #expect(unseen(startRoutine: routine).isEmpty)
  }

  private func waiting(_ operation: UInt64, besides other: RecordedThread) -> [String] {
    let call = RecordedStop.SystemCall(
      number: 202, arguments: [0x9000, operation, 0, 0, 0, 0], sp: 0, pc: 0x44, futexValue: 4713)
    let process = sampleProcess([
      exitingThread(),
      thread(2, "w") { $0.stop = RecordedStop(outcome: .stopped, stack: nil, systemCall: call) }, other,
    ])
    return report(process).unseen
  }

  @Test func aWaitForAnUnknownWordIsSaid() {
    #expect(
      waiting(128, besides: thread(3)) == [
        "what thread \"w\" (2) waited for: a futex of a library, perhaps of a lock that makes no library call"
      ])
  }

  @Test func aWaitForAKnownObjectOrOwnerIsNoBlindSpot() {
    #expect(waiting(128, besides: thread(3) { $0.holds = [hold(0x9000)] }).isEmpty)
    #expect(waiting(6, besides: thread(3)).isEmpty)
  }

  @Test func threadsThatCouldNotBeStoppedAreNamed() {
    let stuck = thread(2, "deaf") { $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: nil) }
    let lines = report(sampleProcess([exitingThread(), stuck])).unseen
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("where thread \"deaf\" (2) stood: ") == true)
  }

  /// The recorder stops threads by a signal; what does not come to its own end, and what is confined, is stopped by ptrace(2).
  @Test func ofThreadsThatWereToBeStoppedFromOutsideAnotherCauseIsNamed() {
    let stuck = thread(2, "deaf") { $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: nil) }
    var process = sampleProcess([exitingThread(), stuck], exit: .return, phase: .exiting)
    let ended =
      "where thread \"deaf\" (2) stood: ptrace(2) could not stop it: it is not allowed here, or the thread sleeps in the kernel"
    #expect(report(process, .stalled).unseen == [ended])
    #expect(report(process, .deadlocked).unseen == [ended])
    process.standalone = true
    #expect(!report(process, .stalled).unseen.contains(ended))
    process.standalone = false
    process.exit.phase = .frozen
    process.confined = true
    #expect(report(process).unseen.contains(ended))
  }

  /// A range of libc's file, in which the word is.
  @Test func aWaitForALockOfLibcsOwnIsSaidSo() {
    let call = RecordedStop.SystemCall(
      number: 202, arguments: [0x9000, 128, 0, 0, 0, 0], sp: 0, pc: 0x44, futexValue: 2)
    let waiting = [2, 3].map { number in
      thread(number) { $0.stop = RecordedStop(outcome: .stopped, stack: nil, systemCall: call) }
    }
    func lines(_ path: String, _ range: Range<UInt64>) -> [String] {
      let module = Module(path: path, bias: 0, range: range, buildID: [])
      return report(sampleProcess([exitingThread()] + waiting, modules: [module])).unseen
    }
    let own = ["what thread 2, thread 3 waited for: a futex of libc's own, perhaps of a lock"]
    #expect(lines("/lib/x86_64-linux-gnu/libc.so.6", 0x8000..<0xa000) == own)
    #expect(lines("/lib64/ld-linux-x86-64.so.2", 0x8000..<0xa000) == own)
    let others = [
      "what thread 2, thread 3 waited for: a futex of a library, perhaps of a lock that makes no library call"
    ]
    #expect(lines("/lib/x86_64-linux-gnu/libc.so.6", 0x8000..<0x9000) == others)
    #expect(lines("/lib/libcommon.so.6", 0x8000..<0xa000) == others)
  }

  @Test func whatExecReplacedWasNotStopped() {
    var process = sampleProcess([exitingThread(), thread(2)])
    process.exit.kind = .exec
    #expect(
      report(process, .unknown).unseen == ["where threads stood: exec replaced them without stopping them first"])
  }

  @Test func threadsThatWereNotSeenBeingCreatedAreNamed() {
    let foreign = [thread(2, "pool") { $0.adopted = true }, thread(3) { $0.adopted = true }]
    let ended = thread(4, "gone") {
      $0.adopted = true
      $0.lifecycle = .ended(joined: true)
    }
    #expect(
      report(sampleProcess([exitingThread()] + foreign + [ended])).unseen == [
        "what thread \"pool\" (2), thread 3 took before it was first seen: it was not seen being created"
      ])
  }

  private static let bySignal =
    "where threads stood: a signal ended the process, before its threads could be stopped and copied"
  private static let unseenEnd =
    "where threads stood: the process ended in a way that the recorder does not see, "
    + "before its threads could be stopped and copied"

  /// A process may send a signal to itself, and abort() does.
  @Test(arguments: [Int32(6), 9, 11, 15]) func ofADeathBySignalItIsNotSaidWhoSentIt(signal: Int32) {
    #expect(report(sampleProcess([thread(1)]), .signaled(signal)).unseen == [Self.bySignal])
  }

  private func unseenOfRawExit(_ threads: [RecordedThread], _ ending: ObservedEnding, frozen: Bool = false) -> [String]
  {
    let kind: RecordedExit.Kind = frozen ? .underscore : .none
    return report(
      sampleProcess(threads, exit: kind, phase: frozen ? .frozen : .running, exiting: frozen ? 1 : nil), ending
    ).unseen
  }

  /// The status of another process's child is nobody's to see.
  @Test func aProcessThatEndedByASystemCallOfItsOwnSaysThatNothingWasStopped() {
    let threads = [thread(1), thread(2)]
    #expect(unseenOfRawExit(threads, .exited(status: 0)) == [Self.unseenEnd])
    #expect(unseenOfRawExit(threads, .unknown) == [Self.unseenEnd])
    #expect(unseenOfRawExit(threads, .exited(status: 0), frozen: true).isEmpty)
    #expect(unseenOfRawExit(threads, .running).isEmpty)
  }

  @Test func ofTheOnlyThreadOfSuchAProcessItIsKnownWhereItWas() {
    let ended = thread(2) { $0.lifecycle = .ended(joined: true) }
    #expect(unseenOfRawExit([thread(1), ended], .exited(status: 0)).isEmpty)
  }

  @Test func aFreezeThatRanOutOfTimeIsSaid() {
    var process = sampleProcess([exitingThread()])
    process.freezeIncomplete = true
    #expect(report(process).unseen.count == 1)
  }

  @Test func aProcessThatNobodyWatchedSaysSo() {
    var process = sampleProcess([exitingThread()])
    process.standalone = true
    #expect(report(process).unseen.first?.hasPrefix("death by a signal: ") == true)
  }

  @Test(arguments: [(1, "1 child process: "), (3, "3 child processes: ")])
  func childrenWithoutARecordAreCounted(count: Int, beginning: String) {
    var process = sampleProcess([exitingThread()])
    process.children.unrecorded = count
    #expect(report(process).unseen.map { $0.hasPrefix(beginning) } == [true])
  }

  @Test func aPlainProgramHasNoBlindSpot() {
    #expect(report(sampleProcess([exitingThread()])).unseen.isEmpty)
  }

  @Test func aConfinedProgramsChildrenAreSaidNotToBeSeen() {
    var process = sampleProcess([exitingThread()])
    process.confined = true
    #expect(report(process).unseen.first?.hasPrefix("processes forked by a confined program: ") == true)
  }

  @Test func everyLossIsCountedAndNamed() {
    var process = sampleProcess([exitingThread()])
    process.losses.threads = 1
    process.losses.holds = 2
    process.losses.files = 3
    process.losses.sections = 4
    process.losses.names = 5
    process.losses.modules = 6
    process.losses.stacks = 7
    let result = report(process)
    #expect(result.lost == 28)
    let tables = [
      "1 threads", "2 held locks", "3 open files", "4 critical sections", "5 names of locks", "6 loaded libraries",
      "7 stacks of stopped threads",
    ]
    #expect(result.unseen == tables.map { "\($0): the recorder had no room for them" })
  }

  private static let unknownBuffers =
    "whether streams lost what was in their buffers: nobody could look into these before the process ended"

  private func saysOfBuffers(
    _ file: RecordedFile, exit: RecordedExit.Kind = .underscore, killed: Bool = false, confined: Bool = false
  ) -> Bool {
    var process = sampleProcess([exitingThread()], exit: exit, phase: killed ? .running : .frozen, files: [file])
    process.confined = confined
    return report(process, killed ? .signaled(9) : .exited(status: 0)).unseen.contains(Self.unknownBuffers)
  }

  @Test func ofAKilledOrConfinedProcessItIsNotKnownWhatItsStreamsLost() {
    let stream = file(5, opener: 1, stream: 0x5000)
    #expect(saysOfBuffers(stream, killed: true))
    #expect(saysOfBuffers(stream, confined: true))
    // Who looked found none, or how much there was; a normal exit writes it all; and others have no buffer.
    #expect(!saysOfBuffers(stream))
    #expect(!saysOfBuffers(stream, exit: .return, confined: true))
    #expect(!saysOfBuffers(file(5, opener: 1, stream: 0x5000, unflushed: 0), killed: true))
    #expect(!saysOfBuffers(file(5, opener: 1, writable: false, stream: 0x5000), killed: true))
    #expect(!saysOfBuffers(file(5, opener: 1), killed: true))
  }
}
