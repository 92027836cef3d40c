// The system calls that the threads of another process stand in, seen without stopping them.

internal import Glibc
internal import StragglerModel

/// /proc/PID/task/TID/syscall (proc(5)).
enum SystemCallLine {
  static func read(process: Int32, thread: Int32) -> RecordedStop.SystemCall? {
    ProcFile.read("/proc/\(process)/task/\(thread)/syscall").flatMap(parse)
  }

  /// "NUMBER six arguments SP PC"; nil for "running" and for a thread that is blocked outside a system call (-1).
  static func parse(_ line: String) -> RecordedStop.SystemCall? {
    let fields = line.split { " \n".contains($0) }
    guard fields.count == 9, let number = Int64(fields[0]), number >= 0 else { return nil }
    let values = fields.dropFirst().compactMap { UInt64($0.dropFirst(2), radix: 16) }
    guard values.count == 8 else { return nil }
    return RecordedStop.SystemCall(number: number, arguments: Array(values[0..<6]), sp: values[6], pc: values[7])
  }
}

extension RecordedStop.SystemCall {
  /// Looks up what decides what the call waits for: the futex's word, or the descriptor's type. The numbers are those that
  /// the recorder looks at, too (systemcall.c).
  mutating func readObjects(_ memory: ProcessMemory) {
    guard arguments.count == 6 else { return }
    switch number {
    case 202: readFutex(arguments[0], memory)
    case 449:  // futex_waitv: struct futex_waitv has the address at 8
      if arguments[1] == 1, let word = memory.word(at: arguments[0] &+ 8) { readFutex(word, memory) }
    case 0, 19, 17, 295, 327, 45, 47, 299, 1, 20, 44, 46, 307, 43, 288, 42:
      readFile(Int32(truncatingIfNeeded: arguments[0]), memory)
    case 73, 72: readLocker(memory)
    case 7, 271: readFile(onlyPolled(memory), memory)
    case 23, 270: readFile(onlySelected(memory), memory)
    case 232, 281, 441: readFile(onlyInEpollSet(memory), memory)
    default: break
    }
  }

  private mutating func readFutex(_ word: UInt64, _ memory: ProcessMemory) {
    guard let first = memory.word(at: word) else { return }
    futexWord = word
    futexValue = UInt32(truncatingIfNeeded: first)
    futexOwner = memory.word(at: word &+ 8)
  }

  private mutating func readFile(_ descriptor: Int32?, _ memory: ProcessMemory) {
    guard let descriptor else { return }
    var status = stat()
    guard fstatat(AT_FDCWD, "/proc/\(memory.threadID)/fd/\(descriptor)", &status, 0) == 0 else { return }
    onlyDescriptor = descriptor
    fileMode = status.st_mode
  }

  private func onlyPolled(_ memory: ProcessMemory) -> Int32? {
    guard arguments[1] == 1, let entry = memory.word(at: arguments[0]) else { return nil }
    return Int32(truncatingIfNeeded: entry)
  }

  /// The only one in up to three sets, whose bits are descriptors.
  private func onlySelected(_ memory: ProcessMemory) -> Int32? {
    let limit = Int(min(arguments[0], 1024))
    var found: Set<Int32> = []
    for set in arguments[1...3] where set != 0 {
      guard let bytes = memory.bytes(at: set, count: (limit + 63) / 64 * 8) else { continue }
      for bit in 0..<min(limit, bytes.count * 8) where bytes[bit / 8] >> (bit % 8) & 1 != 0 { found.insert(Int32(bit)) }
    }
    return found.count == 1 ? found.first : nil
  }

  /// A line "tfd: NUMBER events: ..." for each descriptor of the set (proc(5), /proc/PID/fdinfo).
  private func onlyInEpollSet(_ memory: ProcessMemory) -> Int32? {
    let set = Int32(truncatingIfNeeded: arguments[0])
    let lines = ProcFile.read("/proc/\(memory.threadID)/fdinfo/\(set)")?.split(separator: "\n") ?? []
    let members = lines.filter { $0.hasPrefix("tfd:") }
    guard members.count == 1 else { return nil }
    return members[0].split(separator: " ").dropFirst().first.flatMap { Int32($0) }
  }
}

extension RecordedProcess {
  /// Fills in the system calls of living threads whose wait nobody wrote down, or says too little: which kind of a file's
  /// lock it is for. The process runs on: a picture that may be torn.
  mutating func readSystemCalls(_ memory: ProcessMemory) {
    for index in threads.indices where threads[index].stop == nil {
      if let wait = threads[index].wait, wait.kind != .fileLock { continue }
      guard case .alive = threads[index].lifecycle, let thread = threads[index].id,
        var call = SystemCallLine.read(process: id, thread: thread)
      else { continue }
      call.readObjects(memory)
      threads[index].stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: call)
    }
  }
}
