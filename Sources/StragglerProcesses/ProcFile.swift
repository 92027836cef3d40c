// Reading the small files of /proc.

internal import Glibc

enum ProcFile {
  /// The whole content; nil where it can't be read (the process is gone, or is not ours).
  static func read(_ path: String) -> String? {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let file = OwnedDescriptor(number)
    var content: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
      let length = Glibc.read(file.number, &part, part.count)
      if length < 0 { return nil }
      if length == 0 { return String(decoding: content, as: UTF8.self) }
      content += part.prefix(length)
    }
  }

  /// The name under which a process's file was executed, in at most 15 bytes, unless it has renamed itself. Known until
  /// the process is reaped.
  static func commandName(of process: Int32) -> String? {
    read("/proc/\(process)/comm").map { String($0.prefix { $0 != "\n" }) }
  }

  /// The process that a thread is of: the line `Tgid:`.
  static func process(of thread: Int32) -> Int32? {
    let lines = read("/proc/\(thread)/status")?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix("Tgid:") }?.split(separator: "\t").last.flatMap { Int32($0) }
  }

  /// Whether a thread is gone, or will be with its next step: all of its process are being killed, or end with it. The kernel gives SIGKILL
  /// to each thread of a process before the first one dies of it (kernel/signal.c: complete_signal, zap_other_threads).
  static func isDying(_ thread: Int32) -> Bool { read("/proc/\(thread)/status").map(isDying(status:)) ?? true }

  /// - Parameter status: a thread's `/proc/TID/status`: its state, and which signals wait for it, in hexadecimal.
  static func isDying(status: String) -> Bool {
    func value(_ name: String) -> Substring? {
      status.split(separator: "\n").first { $0.hasPrefix(name) }?.dropFirst(name.count)
    }
    let waiting = value("SigPnd:\t").flatMap { UInt64($0, radix: 16) } ?? 0
    return waiting >> UInt64(SIGKILL - 1) & 1 != 0 || value("State:\t").map { "ZX".contains($0.prefix(1)) } ?? true
  }

  /// A process's effective user: the second number of the line `Uid:`.
  static func user(of process: Int32) -> UInt32? {
    let lines = read("/proc/\(process)/status")?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix("Uid:") }?.split(separator: "\t").dropFirst(2).first.flatMap { UInt32($0) }
  }

  /// How many seccomp filters are in force for this process; nil before Linux 5.9.
  static func ownSeccompFilters() -> Int? {
    let line = read("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("Seccomp_filters:") }
    return line?.split(separator: "\t").last.flatMap { Int($0) }
  }

  /// The numbers that name entries of a folder, as in /proc/PID/task; ascending.
  static func numbers(in folder: String) -> [Int32] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var numbers: [Int32] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(name) { numbers.append(number) }
    }
    return numbers.sorted()
  }
}
