// Recorded processes for the tests, written down in a few words.

import StragglerAnalysis
@testable import StragglerModel

/// A process that returned 0, frozen, with its main thread as thread 1 exiting.
func sampleProcess(
  _ threads: [RecordedThread], exit kind: RecordedExit.Kind = .return, phase: RecordedExit.Phase = .frozen,
  exiting: Int? = 1, files: [RecordedFile] = [], sections: [RecordedSection] = [], modules: [Module] = [],
  names: [UInt64: String] = [:]
) -> RecordedProcess {
  RecordedProcess(
    id: 4711, parentID: 4000, executable: "/path/app", workingDirectory: "/path", arguments: ["app"],
    argumentsCut: false, startTime: 1, linked: false, forked: false, usesRuntime: false, freezeIncomplete: false,
    exit: RecordedExit(phase: phase, kind: kind, status: 0, thread: exiting, begun: exiting == nil ? nil : 5),
    threads: threads, files: files, sections: sections, modules: modules, lockNames: names,
    losses: RecordedLosses())
}

func thread(_ number: Int, _ name: String? = nil, _ change: (inout RecordedThread) -> Void = { _ in }) -> RecordedThread
{
  var thread = RecordedThread(
    number: number, id: Int32(4710 + number), handle: UInt64(number) << 32, name: name, lifecycle: .alive,
    isMain: number == 1, declared: false, daemon: number != 1, detached: false, adopted: false, exiting: false,
    mainEnded: false, vanished: false, startRoutine: nil, creator: number == 1 ? nil : 1,
    creation: number == 1 ? nil : captured(0xC000), holds: [], transit: nil, wait: nil, operation: nil,
    stop: RecordedStop(outcome: .stopped, stack: captured(0xD000 + UInt64(number)), systemCall: nil), stack: nil)
  change(&thread)
  return thread
}

/// The thread that exits; number 1 is the main thread.
func exitingThread(_ number: Int = 1, _ change: (inout RecordedThread) -> Void = { _ in }) -> RecordedThread {
  thread(number) { thread in
    thread.exiting = true
    thread.stop = RecordedStop(outcome: .itself, stack: captured(0xE000), systemCall: nil)
    change(&thread)
  }
}

/// A declared daemon.
func daemon(_ number: Int, _ name: String, _ change: (inout RecordedThread) -> Void = { _ in }) -> RecordedThread {
  thread(number, name) { thread in
    thread.declared = true
    thread.daemon = true
    change(&thread)
  }
}

/// A declared non-daemon thread.
func userThread(_ number: Int, _ name: String, _ change: (inout RecordedThread) -> Void = { _ in }) -> RecordedThread {
  thread(number, name) { thread in
    thread.declared = true
    thread.daemon = false
    change(&thread)
  }
}

/// A capture that the fake resolver turns into one frame of the program at this address.
func captured(_ pc: UInt64) -> CapturedStack {
  var registers = [UInt64?](repeating: nil, count: 17)
  registers[16] = pc
  return CapturedStack(
    registers: registers, base: 0x7000, bytes: [], reachesBase: true, foreign: false, isReturnAddress: true)
}

func hold(
  _ address: UInt64, _ kind: ResourceKind = .mutex, mode: AccessMode = .exclusive,
  object: RecordedHold.Object = .notRead, at pc: UInt64 = 0xA000, waiting: Bool = false, robust: Bool = false
) -> RecordedHold {
  RecordedHold(
    kind: kind, mode: mode, address: address, depth: 1, robust: robust, waiting: waiting, contended: false,
    object: object, acquisition: captured(pc))
}

func wait(
  _ kind: ResourceKind, _ address: UInt64 = 0, mode: AccessMode = .exclusive, thread: Int? = nil, timed: Bool = false
) -> RecordedWait {
  RecordedWait(
    kind: kind, mode: mode, address: address, mutex: nil, thread: thread, place: captured(0xB000), timed: timed)
}

func file(
  _ descriptor: Int32, _ path: String? = "/tmp/out.log", opener: Int, writable: Bool = true, regular: Bool? = true,
  writer: Int? = nil, stream: UInt64? = nil, unflushed: UInt64? = nil
) -> RecordedFile {
  RecordedFile(
    descriptor: descriptor, path: path, pathIsRelative: false, readable: !writable, writable: writable,
    isRegular: regular, openFlags: 0, opener: opener, lastWriter: writer, stream: stream, unflushedBytes: unflushed,
    unsyncedBytes: 0, opened: captured(0xF000))
}

func section(_ name: String?, thread: Int, task: UInt64? = nil) -> RecordedSection {
  RecordedSection(name: name, thread: thread, task: task, entered: captured(0xA500))
}

/// Bytes of a lock: 32-bit words at offsets, zero elsewhere.
func object(_ words: [Int: UInt32], length: Int = 40) -> RecordedHold.Object {
  var bytes = [UInt8](repeating: 0, count: length)
  for (offset, word) in words {
    for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: word >> (8 * UInt32(index))) }
  }
  return .bytes(bytes)
}

/// A pthread_mutex_t: its lock word and the thread id of its owner.
func mutex(lock: UInt32 = 1, owner: UInt32, kind: UInt32 = 0) -> RecordedHold.Object {
  object([0: lock, 8: owner, 16: kind])
}

/// Turns every captured address into one frame of the program, and knows a few names.
struct FakeResolver: StackResolving {
  var symbols: [UInt64: String] = [:]
  var functions: [UInt64: String] = [:]
  var runtimesFound: Set<LinkedRuntime>?
  /// Whole stacks for particular addresses.
  var stacks: [UInt64: [Frame]] = [:]

  func stack(_ captured: CapturedStack) -> Stack {
    let frames = stacks[captured.pc] ?? [programFrame(captured.pc)]
    return Stack(complete: captured.reachesBase, frames: frames)
  }

  func acquisition(_ recorded: CapturedStack, stoppedAt: CapturedStack?) -> Stack { stack(recorded) }
  func dataSymbol(containing address: UInt64) -> String? { symbols[address] }
  func functionName(at address: UInt64) -> String? { functions[address] }
  func runtimes() -> Set<LinkedRuntime>? { runtimesFound }
}

func programFrame(_ address: UInt64, _ function: String? = nil, inferred: Bool = false) -> Frame {
  Frame(
    function: function ?? "f_\(String(address, radix: 16))", file: "app.c", line: Int(address & 0xFFF) + 1,
    module: "/path/app", address: address, inferred: inferred)
}

func libraryFrame(_ address: UInt64, _ function: String, module: String = "/lib/libc.so.6") -> Frame {
  Frame(function: function, module: module, address: address)
}

extension Report {
  /// The findings' rules, in the report's order.
  var rules: [RuleID] { findings.map(\.rule) }

  func only(_ rule: RuleID) -> Finding? {
    let matching = findings.filter { $0.rule == rule }
    return matching.count == 1 ? matching[0] : nil
  }
}

func report(
  _ process: RecordedProcess, _ ending: ObservedEnding = .exited(status: 0), _ resolver: FakeResolver = FakeResolver()
) -> Report {
  analyze(process, ending: ending, resolver: resolver)
}
