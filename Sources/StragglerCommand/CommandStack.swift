// The stack that the command runs on. `ulimit -s` is meant for the program, and may leave too little for this one.

internal import CStragglerSystem
internal import Glibc

enum CommandStack {
  /// In bytes: what Linux gives a process that nobody limited (_STK_LIM, linux/resource.h).
  private static let size = 8 << 20
  /// In bytes: with less than this the command doesn't rely on the stack that it was started with.
  private static let enough: rlim_t = 1 << 20

  /// Runs the command on a stack of the usual size: on the calling thread, or on one of its own if the limit of stacks is low.
  /// The limit itself is left as the program is to have it.
  ///
  /// - Returns: the status to end with.
  static func run(_ command: @escaping () -> Int32) -> Int32 {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0, limit.rlim_cur < enough else {
      return command()
    }
    let work = Unmanaged.passRetained(Work(command))
    defer { work.release() }
    let error = straggler_system_run_on_stack(
      size, { Unmanaged<Work>.fromOpaque($0!).takeUnretainedValue().run() },
      work.toOpaque())
    // Where there is no memory or no thread to be had, the stack may still do.
    return error == 0 ? work.takeUnretainedValue().status : command()
  }

  private final class Work {
    let command: () -> Int32
    var status: Int32 = 0

    init(_ command: @escaping () -> Int32) { self.command = command }

    func run() { status = command() }
  }
}
