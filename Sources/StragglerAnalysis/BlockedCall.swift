// What the system call that a thread stood in waits for. Numbers, arguments and operations are those of Linux on x86-64.

internal import StragglerModel

enum BlockedCall: Equatable {
  /// Whose a file's lock is.
  enum FileLocking: Equatable {
    /// flock's: the open file's, and on all of it. Two of one process exclude each other.
    case flock
    /// F_OFD_SETLKW's: the open file's, on a part of it.
    case openFile
    /// F_SETLKW's: the process's. None of its threads keeps another one out.
    case process
  }

  /// `owner` is the kernel's id of the thread that the word of a priority-inheriting futex names.
  case futex(word: UInt64?, owner: Int32?, timed: Bool)
  /// Reading or writing a pipe or a socket, or waiting until that can be done.
  case pipe(descriptor: Int32)
  case fileLock(descriptor: Int32, FileLocking)
  /// A child's end, or its exec; nil where it may be any child's.
  case process(id: Int32?)

  /// nil for a call that nobody in particular can end (nanosleep, sigwait, a poll of several descriptors), and for one that
  /// the thread had left again when it was stopped.
  init?(_ stop: RecordedStop) {
    guard let call = stop.systemCall, stop.stillStands(in: call), let blocked = Self.blocked(call) else { return nil }
    self = blocked
  }

  private static func blocked(_ call: RecordedStop.SystemCall) -> Self? {
    switch call.number {
    case 202: futex(call)
    case 449: .futex(word: call.futexWord, owner: nil, timed: call.argument(3) != 0)  // futex_waitv
    case 455: .futex(word: call.argument(0), owner: nil, timed: call.argument(4) != 0)  // futex_wait
    // read, readv, pread64, preadv, preadv2, recvfrom, recvmsg, recvmmsg; write, writev, sendto, sendmsg, sendmmsg;
    // accept, accept4, connect
    case 0, 19, 17, 295, 327, 45, 47, 299, 1, 20, 44, 46, 307, 43, 288, 42:
      isPipe(call.fileMode) ? .pipe(descriptor: call.descriptor) : nil
    // poll, ppoll, select, pselect6, epoll_wait, epoll_pwait, epoll_pwait2
    case 7, 271, 23, 270, 232, 281, 441:
      isPipe(call.fileMode) ? call.onlyDescriptor.map { .pipe(descriptor: $0) } : nil
    case 73: .fileLock(descriptor: call.descriptor, .flock)
    case 72: fileControl(call)
    case 61: .process(id: call.child(call.argument(0)))  // wait4
    case 247: .process(id: call.argument(0) == 1 ? call.child(call.argument(1)) : nil)  // waitid, of P_PID
    case 56, 58, 435: .process(id: nil)  // clone, vfork and clone3 block only until a child of vfork's kind is done
    default: nil
    }
  }

  /// FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI; FUTEX_LOCK_PI and FUTEX_LOCK_PI2, whose word is the owner's id
  /// (futex(2)).
  private static func futex(_ call: RecordedStop.SystemCall) -> Self? {
    let timed = call.argument(3) != 0
    switch call.argument(1) & 0x7F {  // without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME
    case 0, 9, 11: return .futex(word: call.argument(0), owner: nil, timed: timed)
    case 6, 13: return .futex(word: call.argument(0), owner: call.futexValue.flatMap(owner), timed: timed)
    default: return nil
    }
  }

  /// Without FUTEX_WAITERS; nil where the owner died (FUTEX_OWNER_DIED) or there is none.
  private static func owner(_ value: UInt32) -> Int32? {
    let id = value & 0x3FFF_FFFF
    return value & 0x4000_0000 != 0 || id == 0 ? nil : Int32(id)
  }

  /// F_SETLKW is 7, F_OFD_SETLKW 38 (fcntl(2)).
  private static func fileControl(_ call: RecordedStop.SystemCall) -> Self? {
    switch call.argument(1) {
    case 7: .fileLock(descriptor: call.descriptor, .process)
    case 38: .fileLock(descriptor: call.descriptor, .openFile)
    default: nil
    }
  }

  /// S_IFIFO, S_IFSOCK (inode(7)).
  private static func isPipe(_ mode: UInt32?) -> Bool {
    mode.map { [0o010000, 0o140000].contains($0 & 0o170000) } ?? false
  }
}

extension RecordedStop {
  /// The kernel's id of the thread that a mutex of this address names as its owner, where the thread stands in a futex call for one
  /// that processes may share: `__owner` at 8 (LockObject), of a priority-inheriting one the word itself.
  func sharedMutexOwner(at address: UInt64) -> Int32? {
    guard case .futex(address, let owner, _) = BlockedCall(self), let call = systemCall, call.isShared else {
      return nil
    }
    let id = owner ?? call.futexOwner.map { Int32(truncatingIfNeeded: $0) }
    return id.flatMap { $0 > 0 ? $0 : nil }
  }
}

extension RecordedStop.SystemCall {
  /// FUTEX_PRIVATE_FLAG is 128.
  fileprivate var isShared: Bool { number == 202 && argument(1) & 128 == 0 }
  fileprivate func argument(_ index: Int) -> UInt64 { index < arguments.count ? arguments[index] : 0 }
  /// Of one child in particular; zero and less mean groups of them, or any (wait4(2)).
  fileprivate func child(_ argument: UInt64) -> Int32? {
    let id = Int32(truncatingIfNeeded: argument)
    return id > 0 ? id : nil
  }
  fileprivate var descriptor: Int32 { Int32(truncatingIfNeeded: argument(0)) }
}

extension RecordedStop {
  /// Whether the thread was stopped in the call that it was seen in shortly before. A call that a signal interrupts fails
  /// with EINTR, or is about to be made again: then the program counter is back at its two bytes. A tracer sees the kernel's
  /// own numbers for that, ERESTARTSYS to ERESTART_RESTARTBLOCK. Of a thread that could not be stopped only the call is
  /// known.
  fileprivate func stillStands(in call: SystemCall) -> Bool {
    guard let stack, let result = stack.registers.first ?? nil else { return true }
    guard stack.sp == call.sp else { return false }
    if stack.pc &+ 2 == call.pc { return true }
    let interrupted: ClosedRange<Int64> = -516 ... -512
    let answer = Int64(bitPattern: result)
    return stack.pc == call.pc && (answer == -4 || interrupted.contains(answer))
  }
}
