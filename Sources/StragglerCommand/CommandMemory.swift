// The memory that the command has. `ulimit -v` and `ulimit -d` are meant for the program, and may leave too little for this one.

internal import CStragglerSystem
internal import Glibc

enum CommandMemory {
  /// As shells name them, and in kilobytes, as shells count: what reading the symbols of an ordinary program takes, and half as
  /// much again.
  private static let limits: [(resource: __rlimit_resource, option: String, enough: UInt64)] = [
    (RLIMIT_AS, "-v", 250_000), (RLIMIT_DATA, "-d", 120_000),
  ]

  /// Raises this process's soft limits to the hard ones, where they are lower; the program gets those that were there.
  ///
  /// - Returns: 0 or an errno value. Needs no memory itself.
  static func raise() -> Int32 { straggler_system_memory_raise() }

  /// - Parameter error: what `raise()` returned.
  /// - Throws: `CommandFailure` where even the hard limit is too low: an allocation that fails later would end the process without a
  ///   word of why.
  static func check(raising error: Int32) throws(CommandFailure) {
    guard error == 0 else {
      throw CommandFailure("the limits of memory can't be raised: \(String(cString: strerror(error)))")
    }
    for limit in limits {
      var found = rlimit()
      guard getrlimit(__rlimit_resource_t(limit.resource.rawValue), &found) == 0, found.rlim_cur / 1024 < limit.enough
      else { continue }
      throw CommandFailure(
        "the hard limit of memory (ulimit -H \(limit.option)) is \(found.rlim_cur / 1024) kilobytes, and straggler itself needs "
          + "\(limit.enough): raise it, or limit the program alone: ulimit -S \(limit.option)")
    }
  }
}
