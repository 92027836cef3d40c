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
    guard let first = arguments.first else { return }
    switch number {
    case 202:
      guard let bytes = memory.bytes(at: first, count: 4), bytes.count == 4 else { return }
      futexValue = bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    case 0, 19, 17, 295, 327, 45, 47, 299, 1, 20, 44, 46, 307:
      var status = stat()
      let descriptor = Int32(truncatingIfNeeded: first)
      let path = "/proc/\(memory.threadID)/fd/\(descriptor)"
      guard fstatat(AT_FDCWD, path, &status, 0) == 0 else { return }
      fileMode = status.st_mode
    default: break
    }
  }
}

extension RecordedProcess {
  /// Fills in the system calls of living threads whose wait nobody wrote down. The process runs on: a picture that
  /// may be torn.
  mutating func readSystemCalls(_ memory: ProcessMemory) {
    for index in threads.indices where threads[index].wait == nil && threads[index].stop == nil {
      guard case .alive = threads[index].lifecycle, let thread = threads[index].id,
        var call = SystemCallLine.read(process: id, thread: thread)
      else { continue }
      call.readObjects(memory)
      threads[index].stop = RecordedStop(outcome: .unfrozen, stack: nil, systemCall: call)
    }
  }
}
