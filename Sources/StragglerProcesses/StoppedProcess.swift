// A process whose threads are stopped from outside: to be looked at, and then ended or let go.

internal import CStragglerArena
internal import CStragglerSystem
internal import Glibc
internal import StragglerModel

/// How one thread stood when it was stopped from outside.
struct OutsideStop: Equatable {
  var registers: [UInt64]?
  var systemCall: RecordedStop.SystemCall?
}

/// Stops every thread of another process by ptrace(2). Valid until the process is killed or let go.
///
/// The freeze of the recorder can't be used here: it runs in the thread that exits, and that one does not get on, or may
/// make no system call (seccomp(2)).
struct StoppedProcess {
  /// How long to wait, in all, for threads that sit in an uninterruptible sleep, in nanoseconds.
  static let patience: UInt64 = 1_000_000_000
  /// How long to wait where that was used up for other processes: what can be stopped stands by then.
  private static let leastPatience: UInt64 = 50_000_000

  let processID: Int32
  /// Threads that go on, or stand already: where the process waits for us, the one that exits and those that it stopped.
  private let spared: Set<Int32>
  private(set) var stops: [Int32: OutsideStop] = [:]
  /// False where the threads could not be listed: then none of them is known to be gone.
  private let isListed: Bool
  /// The process was killed while its threads were being stopped: those that are missing may have been dead of it already.
  private(set) var wasKilled = false

  /// Stops the process's threads; those that can't be stopped in time are missing in `stops` or lack registers.
  ///
  /// - Parameter deadline: when to give up, however many threads are still to stop.
  init(
    stopping processID: Int32, except spared: Set<Int32> = [], deadline: UInt64 = Clock.now() + Self.patience
  ) {
    self.processID = processID
    self.spared = spared
    let deadline = max(deadline, Clock.now() + Self.leastPatience)
    var asked = spared
    var awaited: [Int32] = []
    isListed = !ProcFile.numbers(in: "/proc/\(processID)/task").isEmpty
    // New threads may start while the first ones are being stopped: until two looks agree.
    while true {
      let fresh = ProcFile.numbers(in: "/proc/\(processID)/task").filter { !asked.contains($0) }
      for thread in fresh {
        asked.insert(thread)
        // Before the stop: a stopped thread stands in no system call any more.
        let call = SystemCallLine.read(process: processID, thread: thread)
        if straggler_system_thread_interrupt(thread) == 0 { awaited.append(thread) }
        stops[thread] = OutsideStop(registers: nil, systemCall: call)
      }
      awaited.removeAll { thread in
        let state = straggler_system_thread_stopped(thread)
        if state == 0 { stops[thread]?.registers = Self.registers(of: thread) }
        return state != EAGAIN
      }
      if Clock.now() >= deadline { break }
      guard fresh.isEmpty else { continue }
      if awaited.isEmpty { break }
      poll(nil, 0, 1)
    }
    // One that stands can't have ended by itself.
    let witness = spared.first ?? stops.first { $0.value.registers != nil }?.key
    wasKilled = witness.map(ProcFile.isDying) ?? false
  }

  private static func registers(of thread: Int32) -> [UInt64]? {
    var registers = [UInt64](repeating: 0, count: Int(STRAGGLER_REGISTER_COUNT.rawValue))
    let error = straggler_system_thread_registers(thread, &registers, registers.count)
    return error == 0 ? registers : nil
  }

  /// Writes into the record how the threads stand, where the recorder itself has not frozen them.
  func fill(_ process: inout RecordedProcess) {
    guard process.exit.phase < .frozen else { return }
    let memory = ProcessMemory(processID: processID)
    memory.readObjects(of: &process)
    for index in process.threads.indices {
      guard case .alive = process.threads[index].lifecycle, let id = process.threads[index].id else { continue }
      if spared.contains(id) {
        process.threads[index].stop = ownStop(of: process.threads[index], memory)
        continue
      }
      guard let stop = stops[id] else {
        process.threads[index].vanished = isListed && !wasKilled
        continue
      }
      process.threads[index].stop = recorded(stop, stack: process.threads[index].stack, memory)
      process.threads[index].stop?.systemCall?.readObjects(memory)
      process.threads[index].operation?.readPaths(memory)
      if let wait = process.threads[index].wait, let stack = process.threads[index].stop?.stack, wait.isLeft(on: stack)
      {
        process.threads[index].wait = nil
      }
    }
  }

  /// A confined thread that exits has written its registers down itself; its stack it could not copy.
  private func ownStop(of thread: RecordedThread, _ memory: ProcessMemory) -> RecordedStop? {
    guard thread.exiting, let stack = thread.stop?.stack, stack.bytes.isEmpty else { return thread.stop }
    let registers = stack.registers.compactMap { $0 }
    let read = recorded(OutsideStop(registers: registers, systemCall: nil), stack: thread.stack, memory)
    return RecordedStop(outcome: .itself, stack: read.stack, systemCall: nil)
  }

  private func recorded(_ stop: OutsideStop, stack: Range<UInt64>?, _ memory: ProcessMemory) -> RecordedStop {
    let captured = stop.registers.map { registers in
      let sp = registers[Int(STRAGGLER_RSP.rawValue)]
      let limit = Int(STRAGGLER_STACK_COPY_LIMIT)
      let end = stack.flatMap { $0.contains(sp) ? $0.upperBound : nil }
      let wanted = end.map { Int(min($0 - sp, UInt64(limit))) } ?? limit
      let bytes = memory.bytes(at: sp, count: wanted) ?? []
      return CapturedStack(
        registers: registers, base: sp, bytes: bytes, reachesBase: end == sp + UInt64(bytes.count), foreign: false,
        isReturnAddress: false)
    }
    return RecordedStop(
      outcome: captured == nil ? .unfrozen : .stopped, stack: captured, systemCall: stop.systemCall)
  }

  /// How long the process gets to end with its threads standing, in nanoseconds: as the recorder's own freeze gives it.
  private static let patienceOfExit: UInt64 = 50_000_000

  /// Waits for the end of a process that was just told to go on, and then lets its threads go that still stand: the rest of
  /// its exit may need them.
  func letGo(isOwnChild: Bool) -> [Int32] {
    let deadline = Clock.now() + Self.patienceOfExit
    var standing = stops.keys.sorted(by: >).filter { $0 != processID || !isOwnChild }
    while !standing.isEmpty, Clock.now() < deadline {
      standing.removeAll { straggler_system_thread_reap($0) != EAGAIN }
      if !standing.isEmpty { poll(nil, 0, 1) }
    }
    // Its end, if it has come, is waited for elsewhere.
    if isOwnChild, stops[processID] != nil { _ = straggler_system_thread_detach(processID) }
    return Self.letGo(standing)
  }

  /// Those that could neither be let go nor reaped: to be tried again, or their process never ends for its parent.
  static func letGo(_ threads: [Int32]) -> [Int32] {
    threads.filter { straggler_system_thread_detach($0) != 0 && straggler_system_thread_reap($0) == EAGAIN }
  }

  /// Kills the process and gives its threads up. What we started ourselves stays to be waited for.
  func kill(isOwnChild: Bool) {
    Glibc.kill(processID, SIGKILL)
    let deadline = Clock.now() + Self.patience
    // Other threads first: the kernel tells of a process's end only after that of its threads.
    for thread in stops.keys.sorted(by: >) where thread != processID || !isOwnChild {
      while straggler_system_thread_reap(thread) == EAGAIN, Clock.now() < deadline { poll(nil, 0, 1) }
    }
  }
}

/// The kernel's clock for durations.
enum Clock {
  /// CLOCK_MONOTONIC, nanoseconds: the arena's clock.
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
