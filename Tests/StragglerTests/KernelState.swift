// Where the kernel says that a thread stands: /proc/self/task/TID/syscall, proc(5).

internal import Glibc
internal import Straggler

/// Whether a thread is inside futex(2): blocked on a mutex or a condition.
func isBlockedOnFutex(_ thread: Straggler.Thread) -> Bool {
  systemCall(of: thread) == "202"
}

/// Whether a thread is inside pause(2): where the runtime stops a daemon for good.
func isPaused(_ thread: Straggler.Thread) -> Bool {
  systemCall(of: thread) == "34"
}

/// The number of the system call that a thread is in; nil if it runs.
private func systemCall(of thread: Straggler.Thread) -> String? {
  guard let id = thread.nativeID, let file = fopen("/proc/self/task/\(id)/syscall", "r") else { return nil }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  guard fgets(&line, 256, file) != nil else { return nil }
  let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  return text.split(separator: " ").first.map(String.init)
}
