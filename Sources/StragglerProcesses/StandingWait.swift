// Whether a thread of a running process really stands in the wait that its recorder wrote down.

internal import StragglerModel

/// One wait of one thread of a running process: a thread that waits for the same once more is in another one.
struct StandingWait: Equatable {
  /// The thread's number.
  var thread: Int
  /// Of the recorded wait; nil where the wait is known by its system call alone.
  var sequence: UInt32?
}

extension RecordedThread {
  var standingWait: StandingWait { StandingWait(thread: number, sequence: wait?.sequence) }

  /// A wait that was left by cancellation or longjmp stays in the record. The thread may then be anywhere, in a cleanup handler
  /// that takes its time: the wait is over where the thread's stack has gone back beyond it, or where its frame has called
  /// something else since.
  func standsInItsWait(_ memory: ProcessMemory) -> Bool {
    guard let wait, let id else { return true }  // known by its system call alone
    if !wait.isOfRuntime, wait.place.sp >= 8, let found = memory.word(at: wait.place.sp - 8), found != wait.place.pc {
      return false
    }
    if wait.kind == .spinLock { return true }  // it runs
    guard let call = SystemCallLine.read(process: memory.threadID, thread: id) else { return false }
    return call.sp < wait.place.sp
  }
}
