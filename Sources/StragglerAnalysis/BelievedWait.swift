// What a thread waits for: as the recorder wrote it down, else as its system call tells.

internal import StragglerModel

struct BelievedWait: Equatable {
  var kind: ResourceKind
  var mode: AccessMode
  /// nil for what has no address: a join, a pipe, a child process.
  var address: UInt64?
  /// The number of the joined thread.
  var joined: Int?
  /// Of the pipe or socket that it reads or writes.
  var descriptor: Int32?
  /// Of a file's lock: what its own descriptor's would be called. `address` is that of the one which is held.
  var ownFileLock: UInt64?
  /// It is a flock, which is on all of the file.
  var isFlock = false
  /// The kernel's id of the child process.
  var child: Int32?
  /// Of a mutex that processes may share: the kernel's id of its owner, which may be another process's thread.
  var sharedOwner: Int32?
  /// Of a file's lock: the kernel's id of another process that has it.
  var locker: Int32?
  /// It ends by itself after a time.
  var timed: Bool
  /// Where it waits; nil where only the system call is known.
  var place: CapturedStack?

  init(recorded: RecordedWait) {
    kind = recorded.kind
    mode = recorded.mode
    address = recorded.kind == .join || recorded.kind == .process ? nil : recorded.address
    joined = recorded.kind == .join ? recorded.thread : nil
    timed = recorded.timed
    place = recorded.place
    ownFileLock = recorded.kind == .fileLock ? recorded.address : nil
  }

  /// A wait that went past the recorder: a lock of another library, a pipe, a child process.
  init(_ blocked: BlockedCall, objects: SynchronizationObjects) {
    mode = .exclusive
    timed = false
    switch blocked {
    case .futex(let word, _, let timed):
      let object = word.flatMap(objects.containing)
      kind = object?.kind ?? .futex
      address = object?.address ?? word
      self.timed = timed
    case .pipe(let descriptor):
      kind = .pipe
      self.descriptor = descriptor
    case .fileLock(let descriptor, let locking):
      kind = .fileLock
      ownFileLock = fileLockAddress(of: descriptor)
      address = ownFileLock
      isFlock = locking == .flock
    case .process(let id):
      kind = .process
      child = id
    }
  }

  /// Whether somebody must give something up before it ends: a lock, or a futex that names its owner.
  var isForLock: Bool { kind.isLock || kind == .futex }
}

extension BelievedWait {
  /// What a thread waits for; nil where nobody knows. A thread that was woken from a condition takes its mutex back inside
  /// the same call: then it waits for that, as its system call shows.
  init?(of thread: RecordedThread, objects: SynchronizationObjects) {
    let blocked = thread.stop.flatMap(BlockedCall.init)
    guard let recorded = thread.wait else {
      guard let blocked else { return nil }
      self.init(blocked, objects: objects)
      if kind == .fileLock { locker = thread.stop?.systemCall?.locker }
      return
    }
    self.init(recorded: recorded)
    if recorded.kind == .condition, case .futex(let word?, _, _) = blocked, let object = objects.containing(word),
      object.address == recorded.mutex
    {
      kind = object.kind
      address = object.address
      timed = false
    }
    if kind == .mutex || kind == .recursiveMutex, let address {
      sharedOwner = thread.stop?.sharedMutexOwner(at: address)
    }
    if kind == .fileLock, case .fileLock(_, let locking) = blocked {
      isFlock = locking == .flock
      locker = thread.stop?.systemCall?.locker
      if locking != .process { address = address.map(objects.fileLock(excluding:)) }
    }
  }
}
