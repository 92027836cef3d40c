// What a recorder left behind, as plain values: what the arena says, before anybody draws a conclusion from it.

/// One observed process, as its recorder last wrote it down.
public struct RecordedProcess: Sendable, Equatable {
  public var id: Int32
  public var parentID: Int32
  public var executable: String
  public var workingDirectory: String
  public var arguments: [String]
  /// Whether `arguments` had no room for all of them.
  public var argumentsCut: Bool
  /// CLOCK_MONOTONIC, nanoseconds, when the recorder began.
  public var startTime: UInt64
  /// The recorder is linked into the program (else preloaded).
  public var linked: Bool
  /// The process began as a fork of an observed one, without exec.
  public var forked: Bool
  /// The Swift thread runtime (module Straggler) is in use.
  public var usesRuntime: Bool
  /// The freeze's deadline passed before every thread stood.
  public var freezeIncomplete: Bool
  public var exit: RecordedExit
  /// In the order of their numbers.
  public var threads: [RecordedThread]
  /// In the order of their descriptors.
  public var files: [RecordedFile]
  public var sections: [RecordedSection]
  public var modules: [Module]
  /// The names that the program gave its locks, by address.
  public var lockNames: [UInt64: String]
  public var losses: RecordedLosses
  /// Nobody outside held the arena's descriptor: a death by signal would have gone unreported.
  public var standalone = false
  public var children = RecordedChildren()
  /// The suppressions that the program has in itself; empty where it has none.
  public var defaultSuppressions = ""
  /// Whether there was no room for all of that text.
  public var defaultSuppressionsCut = false
  /// The program has installed a seccomp filter: from then on the recorder made no system call.
  public var confined = false
}

/// Child processes that have no record of their own: where they made one, the command line has it.
public struct RecordedChildren: Sendable, Equatable {
  /// How many were made past libc's fork, or could not reach the command line.
  public var unrecorded = 0
  /// The last ones that became another program at once (vfork, posix_spawn): that program should have attached.
  public var spawned: [Int32] = []
  /// How many became one before those, and were forgotten.
  public var forgotten = 0
  public init() {}
}

/// What the recorder itself knows of the exit. How the process really ended, its parent's wait status says.
public struct RecordedExit: Sendable, Equatable {
  public enum Phase: UInt32, Sendable, Comparable {
    case running, exiting, earlyCallbacks, joining, exitCallbacks, finalizing, freezing, frozen
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }
  public enum Kind: UInt32, Sendable { case none, `return`, underscore, quick, exec, stalled }

  public var phase: Phase
  public var kind: Kind
  public var status: Int32
  /// The number of the thread that exits; nil before exit began.
  public var thread: Int?
  /// CLOCK_MONOTONIC, nanoseconds; nil before exit began.
  public var begun: UInt64?
}

/// Where the recorder had no room.
public struct RecordedLosses: Sendable, Equatable {
  public var threads = 0
  public var holds = 0
  public var files = 0
  public var sections = 0
  public var names = 0
  public var modules = 0
  public var stacks = 0
  public var total: Int { threads + holds + files + sections + names + modules + stacks }
  public init() {}
}

public struct RecordedThread: Sendable, Equatable {
  public enum Lifecycle: Sendable, Equatable {
    /// pthread_create was called, the thread has not run yet.
    case starting
    case alive
    /// `joined` is false while nobody has joined it and it was not detached.
    case ended(joined: Bool)
  }

  /// Serial number in the process, from 1.
  public var number: Int
  /// The kernel's thread id; nil before it ran.
  public var id: Int32?
  /// Its pthread_t.
  public var handle: UInt64
  /// As the program named it; nil where it did not.
  public var name: String?
  public var lifecycle: Lifecycle
  public var isMain: Bool
  /// The program said whether the thread is a daemon.
  public var declared: Bool
  /// As declared; true for an undeclared thread other than the main one: exit does not wait for it.
  public var daemon: Bool
  public var detached: Bool
  /// Not seen being created.
  public var adopted: Bool
  /// It is the thread that called exit (or returned from main).
  public var exiting: Bool
  /// The main thread left by pthread_exit while others went on.
  public var mainEnded: Bool
  /// Alive in the record, but unknown to the kernel at the freeze: it left by a raw system call.
  public var vanished: Bool
  /// Address of the start routine; nil for the main thread and adopted ones.
  public var startRoutine: UInt64?
  /// Number of the creating thread.
  public var creator: Int?
  public var creation: CapturedStack?
  public var holds: [RecordedHold]
  /// The lock that was just being acquired or released: a hold only if its owner field says so.
  public var transit: RecordedTransit?
  public var wait: RecordedWait?
  public var operation: RecordedOperation?
  public var stop: RecordedStop?
  /// The thread's own stack, where it is known.
  public var stack: Range<UInt64>?
  /// The control word of the pthread_once whose routine the thread runs.
  public var onceRunning: UInt64?
  /// In a forked child: a thread that exists in the parent only, and held locks at the fork. Here nobody gives them back.
  public var ofParent = false
  /// With `ofParent`: the parent had it in this way from its own, or from an earlier one.
  public var ofAncestor = false
}

public struct RecordedTransit: Sendable, Equatable {
  public var address: UInt64
  /// What the bytes at `address` were at the freeze.
  public var object = RecordedHold.Object.notRead
}

/// A call on a file that was under way.
public struct RecordedOperation: Sendable, Equatable {
  public enum Kind: UInt32, Sendable { case write = 1, streamWrite, flush, close, sync, truncate, rename }
  public var kind: Kind
  public var descriptor: Int32?
  public var stream: UInt64?
  /// What a truncation or a rename goes by, as the program wrote it; nil where that is not known.
  public var path: String?
  /// A rename's new path.
  public var target: String?
  /// Where in the process's memory `path` and `target` stand, for who can still read them there.
  public var pathAddress: UInt64?
  public var targetAddress: UInt64?
}

/// How a thread stood at the freeze.
public struct RecordedStop: Sendable, Equatable {
  public enum Outcome: UInt32, Sendable {
    /// Stopped by the freeze.
    case stopped = 1
    /// The thread that exits.
    case itself
    /// Could not be stopped.
    case unfrozen
  }
  public struct SystemCall: Sendable, Equatable {
    public var number: Int64
    public var arguments: [UInt64]
    public var sp: UInt64
    public var pc: UInt64
    /// The word of the futex that it waits on; nil where the call is none, and where the word could not be read.
    public var futexValue: UInt32?
    /// `st_mode` of the descriptor that it waits for; nil for other calls.
    public var fileMode: UInt32?
    /// That descriptor, where the arguments do not say it: the only one of a poll or its kin.
    public var onlyDescriptor: Int32?
    /// The address of the futex's word.
    public var futexWord: UInt64?
    /// Eight bytes at 8 from the word, where stdio's locks and mutexes keep their owner.
    public var futexOwner: UInt64?
    /// The kernel's id of another process that has the file's lock which it waits for; nil where it is none, and where the kernel's
    /// list names no other process.
    public var locker: Int32?
    public init(
      number: Int64, arguments: [UInt64], sp: UInt64, pc: UInt64, futexValue: UInt32? = nil, fileMode: UInt32? = nil
    ) {
      self.number = number
      self.arguments = arguments
      self.sp = sp
      self.pc = pc
      self.futexValue = futexValue
      self.fileMode = fileMode
    }
  }
  public var outcome: Outcome
  /// nil where registers could not be had.
  public var stack: CapturedStack?
  /// The system call it stood in, from /proc/self/task/TID/syscall.
  public var systemCall: SystemCall?
  public init(outcome: Outcome, stack: CapturedStack?, systemCall: SystemCall?) {
    self.outcome = outcome
    self.stack = stack
    self.systemCall = systemCall
  }
}

/// Registers and the stack bytes from the stack pointer up, copied and not yet unwound.
public struct CapturedStack: Sendable, Equatable {
  /// Indexed by DWARF register number (0 rax ... 15 r15, 16 rip); nil where it was not recorded.
  public var registers: [UInt64?]
  /// Address of the first byte of `bytes`: the stack pointer.
  public var base: UInt64
  public var bytes: [UInt8]
  /// `bytes` go up to the thread's first frame.
  public var reachesBase: Bool
  /// Taken on another stack than the thread's own: there are no bytes, only the program counter means something.
  public var foreign: Bool
  /// Whether `pc` is a return address (as at a call into the recorder), not the instruction that was next.
  public var isReturnAddress: Bool

  public var pc: UInt64 { registers[16] ?? 0 }
  public var sp: UInt64 { registers[7] ?? base }
  public var fp: UInt64? { registers[6] }

  public init(
    registers: [UInt64?], base: UInt64, bytes: [UInt8], reachesBase: Bool, foreign: Bool, isReturnAddress: Bool
  ) {
    self.registers = registers
    self.base = base
    self.bytes = bytes
    self.reachesBase = reachesBase
    self.foreign = foreign
    self.isReturnAddress = isReturnAddress
  }
}

/// What can be held or waited for. The raw values are the arena's; the names are the report's.
public enum ResourceKind: UInt8, Sendable, CaseIterable {
  case mutex = 1, recursiveMutex, readWriteLock, spinLock, semaphore, streamLock, fileLock, file, criticalSection
  case annotated
  case condition = 32, barrier, once, join, futex, pipe, process
}

public enum AccessMode: UInt8, Sendable { case exclusive, shared }

/// One thread's having one lock.
public struct RecordedHold: Sendable, Equatable {
  /// What the lock's own bytes were at the freeze.
  public enum Object: Sendable, Equatable {
    /// No freeze was made.
    case notRead
    case bytes([UInt8])
    /// The memory could not be read any more.
    case gone
  }
  public var kind: ResourceKind
  public var mode: AccessMode
  public var address: UInt64
  /// How many times a recursive lock was taken.
  public var depth: Int
  public var robust: Bool
  /// Given up for the time of a condition wait.
  public var waiting: Bool
  /// The acquisition had to wait.
  public var contended: Bool
  public var object: Object
  /// Where the lock of a stream is, and so the word that others wait on; nil where `address` is that.
  public var word: UInt64?
  public var acquisition: CapturedStack
  /// Told by the program through straggler.h: the memory at `address` is no lock of libc's.
  public var annotated = false
  /// Taken before the fork that made this process: the kernel's id of the thread in the parent, which the lock may still name.
  public var formerOwner: Int32?
}

public struct RecordedWait: Sendable, Equatable {
  public var kind: ResourceKind
  public var mode: AccessMode
  public var address: UInt64
  /// The mutex of a condition wait.
  public var mutex: UInt64?
  /// The number of the thread that is joined.
  public var thread: Int?
  public var place: CapturedStack
  /// The wait has an end of its own, so that it is no part of a deadlock.
  public var timed = false
  /// Another one for each wait of the thread.
  public var sequence: UInt32 = 0
}

public struct RecordedFile: Sendable, Equatable {
  /// What kind of call made the descriptor. The raw values are the arena's.
  public enum Origin: UInt32, Sendable {
    case path, duplicate, received, temporary
    case folder = 16, pipe, socket, event, epoll, timer, signal, watch, memory, queue, process

    /// It can be a regular file. A memfd is none, whatever fstat says of it.
    public var mayBeRegularFile: Bool { rawValue < Self.folder.rawValue }
  }

  public var descriptor: Int32
  public var path: String?
  public var pathIsRelative: Bool
  public var readable: Bool
  public var writable: Bool
  /// nil where it was not looked up.
  public var isRegular: Bool?
  public var openFlags: UInt32
  /// Thread numbers.
  public var opener: Int
  public var lastWriter: Int?
  /// The FILE * it belongs to.
  public var stream: UInt64?
  /// Bytes in the stream's buffer at the freeze; nil where that is not known.
  public var unflushedBytes: UInt64?
  /// Bytes written and not synced, as far as seen.
  public var unsyncedBytes: UInt64
  public var opened: CapturedStack
  public var origin = Origin.path
  /// nil where it was not looked up: only that of a file's lock in a process that is looked at from outside is.
  public var lockState: LockState?

  /// Which file a descriptor is of, and whether it has a flock on it.
  public struct LockState: Sendable, Equatable {
    public var device: UInt64
    public var inode: UInt64
    public var isFlocked: Bool

    public init(device: UInt64, inode: UInt64, isFlocked: Bool) {
      self.device = device
      self.inode = inode
      self.isFlocked = isFlocked
    }
  }
}

public struct RecordedSection: Sendable, Equatable {
  public var name: String?
  /// Number of the thread that entered it.
  public var thread: Int
  /// The task it belongs to; nil for a thread's own.
  public var task: UInt64?
  public var entered: CapturedStack
  /// No section, but the task itself: made by `thread` at `entered`, and not ended.
  public var isTask = false
}

/// One loaded ELF file.
public struct Module: Sendable, Equatable, Hashable {
  public var path: String
  /// What is added to the file's addresses.
  public var bias: UInt64
  public var range: Range<UInt64>
  public var buildID: [UInt8]
  /// Its calls of libc's lock functions lead past the recorder.
  public var bypassesRecorder: Bool
  public init(path: String, bias: UInt64, range: Range<UInt64>, buildID: [UInt8], bypassesRecorder: Bool = false) {
    self.path = path
    self.bias = bias
    self.range = range
    self.buildID = buildID
    self.bypassesRecorder = bypassesRecorder
  }
}
