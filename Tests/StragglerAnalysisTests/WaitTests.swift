// What a thread waits for, where only its system call tells.

import StragglerAnalysis
@testable import StragglerModel
import Testing

@Suite struct WaitTests {
  private typealias Call = RecordedStop.SystemCall

  private static func call(
    _ number: Int64, _ arguments: [UInt64], futexValue: UInt32? = nil, fileMode: UInt32? = nil, owner: UInt64? = nil,
    only descriptor: Int32? = nil
  ) -> RecordedStop.SystemCall {
    var call = RecordedStop.SystemCall(
      number: number, arguments: arguments + Array(repeating: 0, count: 6 - arguments.count), sp: 0x7000, pc: 0x44,
      futexValue: futexValue, fileMode: fileMode)
    call.futexOwner = owner
    call.onlyDescriptor = descriptor
    return call
  }

  /// A thread that the freeze could not stop.
  private func blocked(
    _ number: Int, _ call: RecordedStop.SystemCall, _ change: (inout RecordedThread) -> Void = { _ in }
  ) -> RecordedThread {
    thread(number, "w\(number)") {
      $0.stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: call)
      change(&$0)
    }
  }

  private func waitingFor(
    _ call: RecordedStop.SystemCall, besides others: [RecordedThread] = [], files: [RecordedFile] = []
  ) -> ReportedWait? {
    let process = sampleProcess([exitingThread(), blocked(2, call)] + others, files: files)
    return report(process).findings.first { $0.thread?.identity.number == 2 }?.waitingFor
  }

  private func waitForMutex(operation: UInt64, owner: UInt64, _ change: (inout RecordedThread) -> Void = { _ in })
    -> ReportedWait?
  {
    let call = Self.call(202, [0x9000, operation, 2], futexValue: 2, owner: owner)
    let waiting = blocked(2, call) { $0.wait = wait(.mutex, 0x9000) }
    return report(sampleProcess([exitingThread(), waiting, thread(3, "w3", change)])).findings
      .first { $0.thread?.identity.number == 2 }?.waitingFor
  }

  @Test func `a mutex that processes share names the thread of another process that has it`() {
    // FUTEX_WAIT, and FUTEX_LOCK_PI, whose word the id is; what follows the owner counts its users.
    #expect(waitForMutex(operation: 0, owner: 1 << 32 | 99_999)?.outsideHolder == 99_999)
    #expect(waitForMutex(operation: 128, owner: 99_999)?.outsideHolder == nil)
    #expect(waitForMutex(operation: 0, owner: 0)?.outsideHolder == nil)
    #expect(waitForMutex(operation: 0, owner: 4713)?.outsideHolder == nil)
  }

  /// In flock and in F_SETLKW, whether the recorder wrote the wait down or only the call tells; a thread of the process goes before.
  @Test(arguments: [(73, 2), (72, 7)] as [(Int64, UInt64)])
  func `a lock on a file names another process that has it`(number: Int64, argument: UInt64) {
    var call = Self.call(number, [5, argument])
    call.locker = 99_999
    #expect(waitingFor(call)?.outsideHolder == 99_999)
    let waiting = blocked(2, call) { $0.wait = wait(.fileLock, 1 << 63 | 5) }
    let findings = report(sampleProcess([exitingThread(), waiting])).findings
    #expect(findings.first { $0.thread?.identity.number == 2 }?.waitingFor?.outsideHolder == 99_999)
    call.locker = nil
    #expect(waitingFor(call)?.kind == .fileLock && waitingFor(call)?.outsideHolder == nil)
  }

  @Test(arguments: [61, 247, 56, 58, 435] as [Int64])
  func `a wait for a child process has no address`(number: Int64) {
    let expected = ReportedWait(kind: .process, name: nil, address: nil, holders: [])
    #expect(waitingFor(Self.call(number, [])) == expected)
  }

  @Test func `a wait for one child says which`() {
    #expect(waitingFor(Self.call(61, [4800]))?.name == "pid 4800")
    #expect(waitingFor(Self.call(247, [1, 4800]))?.name == "pid 4800")
    // Any child, any of a group, and waitid's group and descriptor.
    for arguments in [[UInt64.max], [0], [UInt64(bitPattern: -4800)]] {
      #expect(waitingFor(Self.call(61, arguments))?.name == nil)
    }
    for type in [0, 2, 3] as [UInt64] { #expect(waitingFor(Self.call(247, [type, 4800]))?.name == nil) }
  }

  @Test(arguments: [0, 19, 17, 45, 47, 1, 44, 43, 288, 42] as [Int64], [0o010600, 0o140777] as [UInt32])
  func `reading and writing a pipe or socket waits for its other side`(number: Int64, mode: UInt32) {
    #expect(waitingFor(Self.call(number, [5], fileMode: mode))?.kind == .pipe)
  }

  @Test(arguments: [0o100644, 0o020620, 0o600, nil] as [UInt32?])
  func `other descriptors are nobody's`(mode: UInt32?) {
    #expect(waitingFor(Self.call(0, [5], fileMode: mode)) == nil)
  }

  @Test(arguments: [35, 230, 34, 128] as [Int64])
  func `sleeping and waiting for signals is no wait for anybody`(number: Int64) {
    #expect(waitingFor(Self.call(number, [0x9000, 1])) == nil)
  }

  @Test(arguments: [7, 271, 23, 270, 232, 281, 441] as [Int64])
  func `a poll of one pipe waits for its other side, one of several for nobody`(number: Int64) {
    let files = [file(5, "/run/requests", opener: 1)]
    #expect(waitingFor(Self.call(number, [9, 1], fileMode: 0o010600, only: 5), files: files)?.name == "requests")
    #expect(waitingFor(Self.call(number, [5, 2], fileMode: 0o010600), files: files) == nil)
    #expect(waitingFor(Self.call(number, [9, 1], fileMode: 0o100644, only: 5), files: files) == nil)
  }

  @Test func `a wait for one word among those of futex_waitv is a wait for that word`() {
    var call = Self.call(449, [0x8000, 1])
    #expect(waitingFor(call)?.address == nil)
    call.futexWord = 0x9000
    #expect(waitingFor(call)?.address == 0x9000)
  }

  // MARK: - Locks that libc takes for itself

  /// Thread 2 waits for the word 0x9000, behind which stands `owner`; the loader is from 0x9000 on where it is there.
  private func ownedWord(_ owner: UInt64, loader: Bool = false, stands: Bool = true) -> Report {
    let module = Module(path: "/lib64/ld-linux-x86-64.so.2", bias: 0, range: 0x9000..<0xA000, buildID: [])
    let process = sampleProcess(
      [
        exitingThread(), blocked(2, Self.call(202, [0x9000, 128, 2], owner: owner)),
        thread(3, "owner") { if !stands { $0.stop = nil } },
      ],
      modules: loader ? [module] : [])
    return report(process)
  }

  @Test func `a word with a thread's handle behind it is a stream's lock of that thread`() {
    let result = ownedWord(3 << 32)
    #expect(result.only(.abandonedLock)?.thread?.identity.name == "owner")
    #expect(result.only(.abandonedLock)?.resource?.kind == .streamLock)
    let waiting = result.only(.abandonedThread)?.waitingFor
    #expect(waiting?.kind == .streamLock)
    #expect(waiting?.holders.map(\.number) == [3])
  }

  @Test(arguments: [(3 << 32, false), (1 << 32 | 4713, true)] as [(UInt64, Bool)])
  func `libc's own lock is nothing that a thread leaves which was only seen in passing`(owner: UInt64, loader: Bool) {
    let result = ownedWord(owner, loader: loader, stands: false)
    #expect(result.only(.abandonedLock) == nil)
    #expect(result.findings.compactMap(\.waitingFor?.holders).first?.map(\.number) == [3])
  }

  /// A fork takes it, and gives it back when the call returns; fflush(NULL) has it while it waits for one stream's.
  @Test func `the lock of all streams is left by who waits for something, and only passed by others`() {
    func leaver(_ own: RecordedStop.SystemCall?) -> Finding? {
      let process = sampleProcess([
        exitingThread(), blocked(2, Self.call(202, [0x9000, 128, 2], owner: 3 << 32)),
        thread(3, "owner") {
          $0.stop = RecordedStop(outcome: .stopped, stack: captured(0x44), systemCall: own)
        },
      ])
      return report(process, .exited(status: 0), FakeResolver(symbols: [0x9000: "list_all_lock"])).only(.abandonedLock)
    }
    #expect(leaver(nil) == nil)
    #expect(leaver(Self.call(56, [0x0120_0011])) == nil)
    #expect(
      leaver(Self.call(202, [0xA000, 128, 2]))?.message
        == "thread \"owner\" was abandoned holding libc's lock of all streams")
  }

  @Test func `a word of the loader's with a thread's id behind it is a lock of that thread`() {
    let result = ownedWord(1 << 32 | 4713, loader: true)
    #expect(result.only(.abandonedLock)?.resource?.kind == .recursiveMutex)
    #expect(result.only(.abandonedThread)?.waitingFor?.holders.map(\.number) == [3])
  }

  @Test(arguments: [(4713, false), (9999, true), (0, true), (0, false), (7 << 32, false)] as [(UInt64, Bool)])
  func `a word with anything else behind it accuses nobody`(owner: UInt64, loader: Bool) {
    let result = ownedWord(owner, loader: loader)
    #expect(result.findings.allSatisfy { $0.rule == .abandonedThread })
    #expect(result.findings.allSatisfy { ($0.waitingFor?.holders ?? []).isEmpty })
  }

  /// What a thread parks itself on: a flag beside its own handle, or another thread's.
  @Test(arguments: [0, 1, 0xFFFF_FFFF] as [UInt64])
  func `a word that is not waited for as a lock is nobody's`(expected: UInt64) {
    let call = Self.call(202, [0x9000, 128, expected], owner: 3 << 32)
    let result = report(sampleProcess([exitingThread(), blocked(2, call), thread(3, "owner")]))
    #expect(result.findings.allSatisfy { $0.rule == .abandonedThread })
    #expect(result.findings.allSatisfy { ($0.waitingFor?.holders ?? []).isEmpty })
  }

  @Test func `a thread does not wait for a word that names itself`() {
    let call = Self.call(202, [0x9000, 128, 2], owner: 2 << 32)
    let result = report(sampleProcess([exitingThread(), blocked(2, call)]))
    #expect(result.only(.abandonedThread)?.waitingFor?.holders.isEmpty == true)
  }

  @Test func `a library's own word without a symbol is named by its place`() {
    #expect(ownedWord(0, loader: true).findings.compactMap(\.waitingFor?.name) == ["ld-linux-x86-64.so.2+0x0"])
  }

  @Test func `a thread inside stdio waits for the stream whose lock another has`() {
    let process = sampleProcess([
      exitingThread(), blocked(2, Self.call(202, [0x9000, 128, 2], owner: 3 << 32)),
      thread(3, "owner") {
        $0.holds = [hold(0x500, .streamLock)]
        $0.holds[0].word = 0x9000
      },
    ])
    let result = report(process)
    #expect(result.only(.abandonedLock)?.waiters.map(\.number) == [2])
    #expect(result.only(.abandonedThread)?.waitingFor?.address == 0x500)
  }

  @Test(arguments: [1, 3, 5, 7, 10, 12] as [UInt64])
  func `a futex operation that does not wait is no wait`(operation: UInt64) {
    #expect(waitingFor(Self.call(202, [0x9000, operation | 128])) == nil)
  }

  @Test func `a pipe with a path has its name`() {
    let wait = waitingFor(Self.call(0, [5], fileMode: 0o010600), files: [file(5, "/run/requests", opener: 1)])
    #expect(wait?.name == "requests")
  }

  @Test(arguments: [(0x100, 0x108, ResourceKind.readWriteLock), (0x200, 0x200, .semaphore), (0x300, 0x328, .condition)])
  func `a word within a known object is a wait for that object`(object: UInt64, word: UInt64, kind: ResourceKind) {
    let known = thread(3) {
      if kind == .condition { $0.wait = wait(kind, object) } else { $0.holds = [hold(object, kind)] }
    }
    let found = waitingFor(Self.call(202, [word, 128]), besides: [known])
    #expect(found?.kind == kind)
    #expect(found?.address == object)
  }

  @Test func `a word behind an object is not the object's`() {
    let known = thread(3) { $0.holds = [hold(0x100)] }
    let found = waitingFor(Self.call(202, [0x128, 128]), besides: [known])
    #expect(found == ReportedWait(kind: .futex, name: nil, address: 0x128, holders: []))
  }

  @Test func `a priority-inheriting word names its owner, who holds a lock`() throws {
    let owned = Self.call(202, [0x9000, 6 | 128], futexValue: 0x8000_0000 | 4713)
    let result = report(sampleProcess([exitingThread(), blocked(2, owned), thread(3, "owner")]))
    let finding = try #require(result.only(.abandonedLock))
    #expect(finding.thread?.identity.number == 3)
    #expect(finding.resource?.kind == .mutex)
    #expect(finding.waiters.map(\.number) == [2])
    let waiting = result.only(.abandonedThread)?.waitingFor
    #expect(waiting?.kind == .futex)
    #expect(waiting?.holders.map(\.number) == [3])
  }

  @Test(arguments: [0, 0x4000_0000 | 4713, 9999] as [UInt32])
  func `a word without a living owner accuses nobody`(value: UInt32) {
    let call = Self.call(202, [0x9000, 6], futexValue: value)
    let result = report(sampleProcess([exitingThread(), blocked(2, call), thread(3)]))
    #expect(result.findings.allSatisfy { $0.rule == .abandonedThread })
  }

  @Test func `an ordinary word that looks like a thread's id accuses nobody`() {
    let call = Self.call(202, [0x9000, 128], futexValue: 4713)
    let result = report(sampleProcess([exitingThread(), blocked(2, call), thread(3)]))
    #expect(result.findings.allSatisfy { $0.rule == .abandonedThread && $0.waitingFor?.holders ?? [] == [] })
  }

  /// As the kernel leaves the registers of a thread that a signal takes out of a system call.
  private func stopped(rax: UInt64, rip: UInt64, sp: UInt64 = 0x7000) -> ReportedWait? {
    var registers = [UInt64?](repeating: 0, count: 17)
    (registers[0], registers[7], registers[16]) = (rax, sp, rip)
    let stack = CapturedStack(
      registers: registers, base: sp, bytes: [], reachesBase: true, foreign: false, isReturnAddress: false)
    let process = sampleProcess([
      exitingThread(),
      thread(2) {
        $0.stop = RecordedStop(outcome: .stopped, stack: stack, systemCall: Self.call(202, [0x9000, 128]))
      },
    ])
    return report(process).only(.abandonedThread)?.waitingFor
  }

  @Test func `a call that the stop interrupted is believed`() {
    #expect(stopped(rax: UInt64(bitPattern: -4), rip: 0x44)?.kind == .futex)
    #expect(stopped(rax: 202, rip: 0x42)?.kind == .futex)
    #expect(stopped(rax: UInt64(bitPattern: -512), rip: 0x44)?.kind == .futex)
  }

  @Test func `a call that had ended before the stop is not believed`() {
    #expect(stopped(rax: 0, rip: 0x44) == nil)
    #expect(stopped(rax: UInt64(bitPattern: -4), rip: 0x99) == nil)
    #expect(stopped(rax: UInt64(bitPattern: -4), rip: 0x44, sp: 0x7100) == nil)
  }

  private func woken(on word: UInt64) -> ReportedWait? {
    let process = sampleProcess([
      exitingThread(),
      blocked(2, Self.call(202, [word, 128])) {
        $0.wait = wait(.condition, 0x50)
        $0.wait?.mutex = 0x10
      },
      thread(3, "keeper") { $0.holds = [hold(0x10)] },
    ])
    return report(process).only(.abandonedThread)?.waitingFor
  }

  @Test func `a thread that takes its mutex back after a condition waits for the mutex`() {
    #expect(woken(on: 0x10)?.kind == .mutex)
    #expect(woken(on: 0x10)?.holders.map(\.number) == [3])
  }

  @Test func `a thread that still waits for the condition does not wait for the mutex`() {
    #expect(woken(on: 0x50)?.kind == .condition)
    #expect(woken(on: 0x50)?.holders == [])
  }

  private func fileLock(_ call: RecordedStop.SystemCall) -> [Int] {
    let address: UInt64 = 1 << 63
    let process = sampleProcess(
      [
        exitingThread(),
        blocked(2, call) { $0.wait = wait(.fileLock, address | 4) },
        thread(3) { $0.holds = [hold(address | 5, .fileLock)] },
      ], files: [file(4, opener: 1), file(5, opener: 1)])
    return report(process).only(.abandonedThread)?.waitingFor?.holders.map(\.number) ?? []
  }

  @Test func `a flock is held through another descriptor of the same file`() {
    #expect(fileLock(Self.call(73, [4, 2])) == [3])
    #expect(fileLock(Self.call(72, [4, 38])) == [3])
  }

  @Test func `the process's own record locks never keep its threads out`() {
    #expect(fileLock(Self.call(72, [4, 7])) == [])
  }

  @Test(arguments: [Call?.none, call(73, [5, 2]), call(72, [5, 7]), call(72, [5, 38])])
  func `a descriptor's lock never keeps out another one through the same descriptor`(call: RecordedStop.SystemCall?) {
    let lock: UInt64 = 1 << 63 | 5
    let waiting = thread(2) {
      $0.wait = wait(.fileLock, lock)
      $0.stop = call.map { RecordedStop(outcome: .unfrozen, stack: nil, systemCall: $0) }
    }
    let process = sampleProcess(
      [exitingThread(), waiting, thread(3) { $0.holds = [hold(lock, .fileLock)] }], files: [file(5, opener: 1)])
    let result = report(process)
    #expect(result.only(.abandonedThread)?.waitingFor?.holders.isEmpty == true)
    #expect(result.only(.abandonedLock)?.waiters.isEmpty == true)
  }
}
