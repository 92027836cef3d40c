// Which process has the lock on a file that a thread of another one waits for: the kernel's list tells.

internal import Glibc
internal import StragglerModel

/// What a flock, F_SETLKW or F_OFD_SETLKW asks for (flock(2), fcntl(2)). The recorder reads the same from inside (filelock.c).
struct FileLockRequest {
  var isFlock: Bool
  var isExclusive: Bool
  /// As the list writes it: device numbers in hexadecimal, and the inode.
  var file: String
  /// Both ends included.
  var bytes: ClosedRange<UInt64>

  /// The process of the first lock in the list that keeps this one out; nil where there is none but of `process` itself.
  /// - Parameter list: lines such as "12: POSIX  ADVISORY  WRITE 4711 fd:01:5386 0 EOF" (proc(5), /proc/locks). One that waits itself
  ///   has "->" before its kind, and an open file's (OFDLCK) -1 for its process.
  func holder(in list: String, otherThan process: Int32) -> Int32? {
    for line in list.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 8, words[1] == (isFlock ? "FLOCK" : "POSIX"), words[5] == file,
        isExclusive || words[3] == "WRITE", let holder = Int32(words[4]), holder > 0, holder != process,
        let start = UInt64(words[6])
      else { continue }
      let end = UInt64(words[7]) ?? .max
      if start <= bytes.upperBound, bytes.lowerBound <= end { return holder }
    }
    return nil
  }
}

extension FileLockRequest {
  /// A flock is the open file's, and outlives its taker in the processes that share that: one that has the file no longer has no
  /// lock on it either, whatever the list says.
  func isOpen(in process: Int32) -> Bool {
    let folder = "/proc/\(process)/fd"
    return ProcFile.numbers(in: folder).contains { descriptor in
      var status = stat()
      return fstatat(AT_FDCWD, "\(folder)/\(descriptor)", &status, 0) == 0 && Self.name(of: status) == file
    }
  }

  /// nil for any other call, and where what it is about can't be read.
  init?(_ call: RecordedStop.SystemCall, _ memory: ProcessMemory) {
    let descriptor = Int32(truncatingIfNeeded: call.arguments[0])
    var status = stat()
    guard fstatat(AT_FDCWD, "/proc/\(memory.threadID)/fd/\(descriptor)", &status, 0) == 0 else { return nil }
    file = Self.name(of: status)
    bytes = 0...UInt64.max
    isFlock = call.number == 73
    if isFlock {
      isExclusive = call.arguments[1] & 2 != 0  // LOCK_EX
      return
    }
    // F_SETLKW, F_OFD_SETLKW. struct flock: the type, what its start counts from, and at 8 the start and the length.
    guard call.number == 72, call.arguments[1] == 7 || call.arguments[1] == 38,
      let kind = memory.word(at: call.arguments[2]),
      let start = memory.word(at: call.arguments[2] &+ 8), let length = memory.word(at: call.arguments[2] &+ 16)
    else { return nil }
    isExclusive = kind & 0xFFFF == 1  // F_WRLCK
    var from = Int64(bitPattern: start)
    switch kind >> 16 & 0xFFFF {
    case 0: break
    case 1: from &+= Self.position(of: descriptor, memory)
    case 2: from &+= Int64(status.st_size)
    default: return nil
    }
    guard let range = Self.range(from: from, length: Int64(bitPattern: length)) else { return nil }
    bytes = range
  }

  /// A length of 0 goes to the end of the file, however long it gets; a negative one before the start.
  private static func range(from start: Int64, length: Int64) -> ClosedRange<UInt64>? {
    let from = length < 0 ? start &+ length : start
    guard from >= 0 else { return nil }
    let (end, overflow) = UInt64(from).addingReportingOverflow(length.magnitude)
    return UInt64(from)...(length == 0 || overflow ? UInt64.max : end - 1)
  }

  /// Where the open file stands (proc(5), /proc/PID/fdinfo).
  private static func position(of descriptor: Int32, _ memory: ProcessMemory) -> Int64 {
    let lines = ProcFile.read("/proc/\(memory.threadID)/fdinfo/\(descriptor)")?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix("pos:") }?.split(separator: "\t").last.flatMap { Int64($0) } ?? 0
  }

  private static func name(of status: stat) -> String {
    // The two numbers in a dev_t: bits/sysmacros.h.
    let whole = UInt64(status.st_dev)
    let numbers = [whole >> 8 & 0xFFF | whole >> 32 & ~0xFFF, whole & 0xFF | whole >> 12 & 0xFFFFFF00]
    let device = numbers.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return (device + [String(status.st_ino)]).joined(separator: ":")
  }
}

extension RecordedStop.SystemCall {
  /// Looks up which other process has the file's lock that the call waits for.
  mutating func readLocker(_ memory: ProcessMemory) {
    guard let request = FileLockRequest(self, memory), let list = ProcFile.read("/proc/locks"),
      let process = ProcFile.process(of: memory.threadID)
    else { return }
    locker = request.holder(in: list, otherThan: process)
    if let holder = locker, request.isFlock, !request.isOpen(in: holder) { locker = nil }
  }
}
