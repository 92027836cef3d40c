// What is decided about a process before any rule looks at it: who was abandoned, who held and awaited what.

internal import StragglerModel

struct ProcessFacts {
  let process: RecordedProcess
  let ending: ObservedEnding
  let exit: ReportedExit
  let holds: BelievedHolds
  /// By thread number; living threads only.
  let waits: [Int: BelievedWait]
  private let indices: [Int: Int]
  private let waitersByAddress: [UInt64: [Int]]
  private let runnersByControl: [UInt64: [Int]]

  init(_ process: RecordedProcess, ending: ObservedEnding) {
    self.process = process
    self.ending = ending
    exit = ReportedExit(ending: ending, recorded: process.exit)
    let objects = SynchronizationObjects(process)
    holds = BelievedHolds(process, objects: objects, isRunning: exit.kind == .running)
    indices = Dictionary(process.threads.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    var waits: [Int: BelievedWait] = [:]
    for thread in process.threads where thread.isLiving {
      waits[thread.number] = BelievedWait(of: thread, objects: objects)
    }
    self.waits = waits
    var waiters: [UInt64: [Int]] = [:]
    for thread in process.threads {
      guard let wait = waits[thread.number], wait.isForLock, let address = wait.address, address != wait.ownFileLock
      else { continue }
      waiters[address, default: []].append(thread.number)
    }
    waitersByAddress = waiters
    runnersByControl = Dictionary(
      grouping: process.threads.filter { $0.isLiving && $0.onceRunning != nil }, by: { $0.onceRunning! }
    ).mapValues { $0.map(\.number) }
  }

  func thread(_ number: Int?) -> RecordedThread? {
    number.flatMap { indices[$0] }.map { process.threads[$0] }
  }

  /// The thread that exits, where one does.
  var exitingThread: RecordedThread? { thread(process.exit.thread) ?? process.threads.first(where: \.exiting) }

  /// Alive, and not the one that exits: what it was doing will never be finished. In an audit the main thread is the
  /// one that would exit.
  func isAbandoned(_ thread: RecordedThread) -> Bool {
    guard thread.isLiving, !isExiting(thread) else { return false }
    return !(exit.kind == .running && thread.isMain)
  }

  func isExiting(_ thread: RecordedThread) -> Bool {
    thread.exiting || (process.exit.thread == thread.number && thread.isLiving)
  }

  func state(of thread: RecordedThread) -> ThreadState {
    if case .ended(joined: false) = thread.lifecycle, !thread.isMain { return .unjoined }
    if thread.vanished, !thread.isMain, !thread.detached { return .unjoined }
    guard thread.isLiving else { return .ended }
    if exit.kind == .running { return .running }
    return isExiting(thread) ? .exiting : .abandoned
  }

  /// Who has what the wait is for. A lock on a file is never kept out by what the same open file, or for fcntl's the
  /// process, has already: that is converted, or of another part of the file (flock(2), fcntl(2)).
  func keepers(of wait: BelievedWait) -> [BelievedHold] {
    guard wait.isForLock, let address = wait.address, address != wait.ownFileLock else { return [] }
    return holds.at(address)
  }

  /// The thread of another process that has a mutex which processes share; the process that has a file's lock.
  func outsideHolder(of wait: BelievedWait) -> Int32? {
    if wait.kind == .fileLock { return wait.locker }
    // Where threads found no room in the record, it may be one of them.
    guard let owner = wait.sharedOwner, process.losses.total == 0 else { return nil }
    if process.threads.contains(where: { $0.id == owner }) { return nil }
    return owner
  }

  /// Whether a hold of a file's lock certainly keeps a wait from ending. Descriptors opened under one name may be of two files,
  /// and locks of one file of two kinds: only what the kernel said of both counts.
  func isProvenKeeper(_ hold: BelievedHold, of wait: BelievedWait) -> Bool {
    guard wait.kind == .fileLock else { return true }
    guard wait.isFlock, let own = fileLock(wait.ownFileLock), let other = fileLock(hold.address) else { return false }
    return other.isFlocked && own.device == other.device && own.inode == other.inode
  }

  private func fileLock(_ address: UInt64?) -> RecordedFile.LockState? {
    guard let descriptor = address.flatMap(fileLockDescriptor(of:)) else { return nil }
    return process.files.first { $0.descriptor == descriptor }?.lockState
  }

  /// The numbers of the threads that run the once-routine of a control word: more than one only in a torn sample.
  func runners(of control: UInt64?) -> [Int] { control.flatMap { runnersByControl[$0] } ?? [] }

  /// The numbers of the threads that wait for the lock at an address.
  func waiters(at address: UInt64) -> [Int] { waitersByAddress[address] ?? [] }
}
