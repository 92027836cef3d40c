// The arena: the layout of the shared memory in which the recorder keeps the state of every thread.
//
// This header is the only thing that the observed process and the command line both know. The recorder writes it in
// place; the reader copies it with pread, checks what it copied, then loads it. Nothing here is parsed.
//
// Rules for what may stand here (each met by trial, Swift 6.3's importer): plain integers and arrays of them, explicit
// padding, no bit-fields, no _Atomic, no flexible arrays, no alignment beyond 16. What is read and written from two
// sides goes through the inline accessors at the end. Every offset that both sides rely on is asserted.
//
// Linux, x86-64, little-endian.
#ifndef STRAGGLER_ARENA_H
#define STRAGGLER_ARENA_H

#include <stddef.h>
#include <stdint.h>

#if !defined(__x86_64__) || !defined(__linux__)
#error "Straggler's recorder knows Linux on x86-64 only: registers, stack windows and system calls are that machine's."
#endif

// MARK: - Constants

/// "STRAGGLE", read as a little-endian integer.
#define STRAGGLER_ARENA_MAGIC UINT64_C(0x454C474741525453)
/// Raised with every change that an older reader would misread.
#define STRAGGLER_ARENA_VERSION UINT32_C(5)

enum {
  STRAGGLER_PAGE = 4096,
  /// The largest copy of a stack kept for one frozen thread, in bytes.
  STRAGGLER_STACK_COPY_LIMIT = 64 * 1024,
  /// Holds that fit into a thread's own slot, and those that its overflow block adds.
  STRAGGLER_INLINE_HOLDS = 8,
  STRAGGLER_OVERFLOW_HOLDS = 48,
  /// The stack bytes kept at an acquisition through libc: 128 of them (docs/architecture.md, "Acquisition stacks").
  STRAGGLER_WINDOW = 128,
  /// A frame register no further above the stack pointer than this is taken for a frame pointer, and the window doubled.
  STRAGGLER_NEAR_FRAME = 256,
  /// The stack bytes that a hold has room for: slow paths and the thread runtime fill them.
  STRAGGLER_WIDE_WINDOW = 384,
  /// The stack bytes kept at a thread's creation, at an open and at the entry of a critical section.
  STRAGGLER_CREATION_STACK = 3072,
  STRAGGLER_ENTRY_STACK = 3456,
};

/// The arena's regions, in the order of `StragglerArenaHeader.regions`.
enum StragglerRegionIndex {
  STRAGGLER_REGION_MODULES = 0,   // StragglerModule
  STRAGGLER_REGION_THREADS = 1,   // StragglerThread
  STRAGGLER_REGION_OVERFLOW = 2,  // StragglerHold[STRAGGLER_OVERFLOW_HOLDS] for the thread slot of the same index
  STRAGGLER_REGION_FILES = 3,     // StragglerFile, indexed by descriptor
  STRAGGLER_REGION_SECTIONS = 4,  // StragglerSection
  STRAGGLER_REGION_NAMES = 5,     // StragglerName
  STRAGGLER_REGION_STACKS = 6,    // bytes: copies of the stacks of frozen threads
  STRAGGLER_REGION_COUNT = 7,
};

/// Bits of `StragglerArenaHeader.flags`.
enum StragglerArenaFlags {
  STRAGGLER_ARENA_LINKED = 1 << 0,       // the recorder is linked into the program; else it is preloaded
  STRAGGLER_ARENA_FORKED = 1 << 1,       // the process began as a fork of an observed one, without exec
  STRAGGLER_ARENA_STANDALONE = 1 << 2,   // nobody outside holds the arena's descriptor: death by signal goes unreported
  STRAGGLER_ARENA_ARGUMENTS_CUT = 1 << 3,  // `arguments` had no room for all of them
  STRAGGLER_ARENA_FREEZE_INCOMPLETE = 1 << 4,  // the freeze's deadline passed before every thread stood
  STRAGGLER_ARENA_RUNTIME = 1 << 5,      // the Swift thread runtime (module Straggler) is in use
  STRAGGLER_ARENA_CONFINED = 1 << 6,     // the program confined itself by seccomp: from then on no system call was made
  STRAGGLER_ARENA_SUPPRESSIONS_CUT = 1 << 7,  // `suppressions` had no room for all of the text
};

/// How far the exit has come: `StragglerExit.phase`. Only grows.
enum StragglerPhase {
  STRAGGLER_PHASE_RUNNING = 0,
  STRAGGLER_PHASE_EXITING = 1,         // exit began: main returned, or exit was called
  STRAGGLER_PHASE_EARLY_CALLBACKS = 2,  // of the thread runtime
  STRAGGLER_PHASE_JOINING = 3,         // the thread runtime joins its non-daemon threads
  STRAGGLER_PHASE_EXIT_CALLBACKS = 4,  // of the thread runtime
  STRAGGLER_PHASE_FINALIZING = 5,      // the thread runtime's daemons stop at their next operation
  STRAGGLER_PHASE_FREEZING = 6,        // every other thread is being stopped
  STRAGGLER_PHASE_FROZEN = 7,          // stopped, and copied into the arena: the record is final
};

/// `StragglerArenaHeader.outside_stop`: a process that has confined itself can't stop its own threads, and a thread that
/// blocks every signal, or has no stack left for one, nobody can within the process.
enum StragglerOutsideStop {
  STRAGGLER_OUTSIDE_STOP_NONE = 0,
  STRAGGLER_OUTSIDE_STOP_ASKED = 1,  // by the exiting thread, which waits
  STRAGGLER_OUTSIDE_STOP_TAKEN = 2,  // by the command line: it is at it
  STRAGGLER_OUTSIDE_STOP_DONE = 3,   // everything is copied: the exit may go on
};

/// `StragglerExit.begun` where the clock could not be asked.
#define STRAGGLER_BEGUN_UNTIMED UINT64_C(1)

/// `StragglerExit.kind`. A death by signal has no record here: the parent's wait status tells it.
enum StragglerExitKind {
  STRAGGLER_EXIT_NONE = 0,
  STRAGGLER_EXIT_RETURN = 1,      // main returned, exit(), the last thread's pthread_exit
  STRAGGLER_EXIT_UNDERSCORE = 2,  // _exit, _Exit
  STRAGGLER_EXIT_QUICK = 3,       // quick_exit
  STRAGGLER_EXIT_EXEC = 4,        // an exec was begun: believed once a new image has come in this process
  STRAGGLER_EXIT_STALLED = 5,     // --exit-timeout passed in a linked build: ended by the recorder
};

/// `StragglerThread.state`.
enum StragglerThreadState {
  STRAGGLER_SLOT_FREE = 0,
  STRAGGLER_SLOT_CLAIMED = 1,   // being filled: a reader passes over it
  STRAGGLER_SLOT_STARTING = 2,  // pthread_create was called; the new thread has not run yet
  STRAGGLER_SLOT_ALIVE = 3,
  STRAGGLER_SLOT_ENDED = 4,     // ended; kept because nobody joined it, or because it left something locked
};

/// Bits of `StragglerThread.flags`.
enum StragglerThreadFlags {
  STRAGGLER_THREAD_MAIN = 1 << 0,
  STRAGGLER_THREAD_DECLARED = 1 << 1,    // the program said whether it is a daemon
  STRAGGLER_THREAD_DAEMON = 1 << 2,      // means something only with DECLARED
  STRAGGLER_THREAD_DETACHED = 1 << 3,
  STRAGGLER_THREAD_JOINED = 1 << 4,
  STRAGGLER_THREAD_ADOPTED = 1 << 5,     // not seen being created: raw clone, or older than the recorder
  STRAGGLER_THREAD_EXITING = 1 << 6,     // called exit (or returned from main)
  STRAGGLER_THREAD_MAIN_ENDED = 1 << 7,  // the main thread left by pthread_exit while others went on
  STRAGGLER_THREAD_VANISHED = 1 << 8,    // was alive in its slot, but the kernel knew no such thread at the freeze
  STRAGGLER_THREAD_OF_PARENT = 1 << 9,   // a forked child's: it held locks at the fork, and exists in the parent only
  STRAGGLER_THREAD_OF_LIBC = 1 << 10,    // made by libc, which knows it by the same id as the kernel: `tid`
  STRAGGLER_THREAD_ALTERNATE_UNUSED = 1 << 11,  // nothing was written near its alternate stack's end when it was set up
  STRAGGLER_THREAD_OF_ANCESTOR = 1 << 12,  // with OF_PARENT: the parent, too, had it from its own
  STRAGGLER_THREAD_LEAVING = 1 << 13,    // was about to end itself by the kernel's own exit: believed where nobody asked the kernel later
};

/// How a thread came to stand: `StragglerFrozen.outcome`.
enum StragglerFreezeOutcome {
  STRAGGLER_FREEZE_NONE = 0,      // no freeze was made (killed, running, ended before)
  STRAGGLER_FREEZE_STOPPED = 1,   // by our signal: registers and stack are copied
  STRAGGLER_FREEZE_SELF = 2,      // the thread that called exit: registers and stack are its own
  STRAGGLER_FREEZE_UNFROZEN = 3,  // did not answer in time; `system_call` may still tell where it was
};

/// The thread runtime's own mutex has this where a pthread mutex has its kind, 16 bytes in: then its first word is the kernel's id
/// of its holder in the bits of the mask, 0 where it is free. As a pthread mutex's kind it would say neither recursive nor robust.
enum {
  STRAGGLER_OWNER_IN_WORD = 0x53545200,
  STRAGGLER_OWNER_MASK = 0x3FFFFFFF,  // FUTEX_TID_MASK, futex(2)
};

/// What a hold or a wait is of: the contract's `resource.kind` and `waitingFor.kind`.
enum StragglerResourceKind {
  STRAGGLER_RESOURCE_NONE = 0,
  STRAGGLER_RESOURCE_MUTEX = 1,
  STRAGGLER_RESOURCE_RECURSIVE_MUTEX = 2,
  STRAGGLER_RESOURCE_READ_WRITE_LOCK = 3,
  STRAGGLER_RESOURCE_SPIN_LOCK = 4,
  STRAGGLER_RESOURCE_SEMAPHORE = 5,
  STRAGGLER_RESOURCE_STREAM_LOCK = 6,
  STRAGGLER_RESOURCE_FILE_LOCK = 7,
  STRAGGLER_RESOURCE_FILE = 8,
  STRAGGLER_RESOURCE_SECTION = 9,
  STRAGGLER_RESOURCE_ANNOTATED = 10,  // a lock of another language, told through straggler.h
  // Waited for, never held:
  STRAGGLER_RESOURCE_CONDITION = 32,
  STRAGGLER_RESOURCE_BARRIER = 33,
  STRAGGLER_RESOURCE_ONCE = 34,
  STRAGGLER_RESOURCE_JOIN = 35,
  STRAGGLER_RESOURCE_FUTEX = 36,
  STRAGGLER_RESOURCE_PIPE = 37,
  STRAGGLER_RESOURCE_PROCESS = 38,
};

enum StragglerMode {
  STRAGGLER_MODE_EXCLUSIVE = 0,
  STRAGGLER_MODE_SHARED = 1,
  STRAGGLER_MODE_TIMED = 2,  // a bit, of waits only: the wait has an end of its own
};

/// Bits of `StragglerHold.flags`.
enum StragglerHoldFlags {
  STRAGGLER_HOLD_WAITING = 1 << 0,      // given up for the time of a condition wait; a file's lock: perhaps given up
  STRAGGLER_HOLD_ROBUST = 1 << 1,
  STRAGGLER_HOLD_OBJECT_READ = 1 << 2,  // `object` holds the lock's bytes as they were at the freeze
  STRAGGLER_HOLD_OBJECT_GONE = 1 << 3,  // at the freeze the lock's memory could not be read any more
  STRAGGLER_HOLD_CONTENDED = 1 << 4,    // the acquisition had to wait
  STRAGGLER_HOLD_ANNOTATED = 1 << 5,    // told through straggler.h: its memory is no pthread lock
  STRAGGLER_HOLD_INHERITED = 1 << 6,    // a forked child's thread took it before the fork: it names `word` as its owner
};

/// Bits of `StragglerCapture.flags`.
enum StragglerCaptureFlags {
  STRAGGLER_CAPTURE_REACHES_BASE = 1 << 0,  // the bytes go up to the thread's first frame
  STRAGGLER_CAPTURE_FOREIGN_STACK = 1 << 1,  // not this thread's own stack (coroutine, signal stack): no bytes
};

/// Bits of `StragglerFile.flags`.
enum StragglerFileFlags {
  STRAGGLER_FILE_READ = 1 << 0,
  STRAGGLER_FILE_WRITE = 1 << 1,
  STRAGGLER_FILE_REGULAR = 1 << 2,     // at the freeze fstat said: a regular file
  STRAGGLER_FILE_TYPE_KNOWN = 1 << 3,  // REGULAR was looked up
  STRAGGLER_FILE_STREAM_READ = 1 << 4,  // at the freeze the FILE's buffer could be read: `unflushed` is known
  STRAGGLER_FILE_STREAM_FREED = 1 << 5,
  STRAGGLER_FILE_PATH_CUT = 1 << 6,
  STRAGGLER_FILE_PATH_RELATIVE = 1 << 7,  // `path` is as the program wrote it, relative to a folder that is not known
  STRAGGLER_FILE_DUPLICATED = 1 << 8,     // there is, or was, another descriptor of the same open file
  STRAGGLER_FILE_LOCKING = 3 << 9,        // of which kind its lock is: StragglerFileLocking
  STRAGGLER_FILE_LOCKS_MIXED = 1 << 11,   // locks of several kinds were taken
};

/// Bits STRAGGLER_FILE_LOCKING of `StragglerFile.flags`. The kinds know nothing of each other.
typedef enum StragglerFileLocking {
  STRAGGLER_LOCKING_FLOCK = 0 << 9,      // flock's: the open file's, gone with its last descriptor (flock(2))
  STRAGGLER_LOCKING_OPEN_FILE = 1 << 9,  // F_OFD_SETLK's, as well
  STRAGGLER_LOCKING_PROCESS = 2 << 9,    // F_SETLK's and lockf's: gone with the first descriptor of the file (fcntl(2))
} StragglerFileLocking;

/// `StragglerFile.origin`: what kind of call made the descriptor.
enum StragglerFileOrigin {
  STRAGGLER_ORIGIN_PATH = 0,        // open and its kin
  STRAGGLER_ORIGIN_DUPLICATE = 1,   // of a descriptor whose own opening was not seen
  STRAGGLER_ORIGIN_RECEIVED = 2,    // over a socket (SCM_RIGHTS), by a handle: what it is only the kernel knows
  STRAGGLER_ORIGIN_TEMPORARY = 3,   // tmpfile: a file without a name
  // What follows is never a regular file, whatever fstat says (it calls a memfd one).
  STRAGGLER_ORIGIN_FOLDER = 16,
  STRAGGLER_ORIGIN_PIPE = 17,
  STRAGGLER_ORIGIN_SOCKET = 18,
  STRAGGLER_ORIGIN_EVENT = 19,      // eventfd
  STRAGGLER_ORIGIN_EPOLL = 20,
  STRAGGLER_ORIGIN_TIMER = 21,
  STRAGGLER_ORIGIN_SIGNAL = 22,     // signalfd
  STRAGGLER_ORIGIN_WATCH = 23,      // inotify, fanotify
  STRAGGLER_ORIGIN_MEMORY = 24,     // memfd_create, shm_open
  STRAGGLER_ORIGIN_QUEUE = 25,      // mq_open
  STRAGGLER_ORIGIN_PROCESS = 26,    // pidfd_open
};

/// `StragglerThread.operation`: a call on a file that was under way. Truncations by path have no descriptor, and their
/// path's address in place of a stream; renames also have the new path's in place of a descriptor. At the freeze the paths
/// are read.
enum StragglerOperation {
  STRAGGLER_OPERATION_NONE = 0,
  STRAGGLER_OPERATION_WRITE = 1,
  STRAGGLER_OPERATION_STREAM_WRITE = 2,
  STRAGGLER_OPERATION_FLUSH = 3,
  STRAGGLER_OPERATION_CLOSE = 4,
  STRAGGLER_OPERATION_SYNC = 5,
  STRAGGLER_OPERATION_TRUNCATE = 6,
  STRAGGLER_OPERATION_RENAME = 7,
};

/// Bits of `StragglerThread.call_flags`: what of its system call was looked up.
enum StragglerCallFlags {
  STRAGGLER_CALL_FUTEX_READ = 1 << 0,  // `call_futex_value`
  STRAGGLER_CALL_FILE_READ = 1 << 1,   // `call_file_mode` and `call_descriptor`
  STRAGGLER_CALL_OWNER_READ = 1 << 2,  // `call_futex_owner`
  STRAGGLER_CALL_LOCKER_READ = 1 << 3,  // `call_futex_owner` is another process's that has the file's lock which it waits for
};

/// `StragglerSection.state` and `StragglerFile.state`, `StragglerName.state`.
enum StragglerEntryState {
  STRAGGLER_ENTRY_FREE = 0,
  STRAGGLER_ENTRY_CLAIMED = 1,
  STRAGGLER_ENTRY_LIVE = 2,
};

/// Indices into `StragglerFrozen.registers`: DWARF's numbers for x86-64 (System V psABI, figure 3.36).
enum StragglerRegister {
  STRAGGLER_RAX = 0, STRAGGLER_RDX = 1, STRAGGLER_RCX = 2, STRAGGLER_RBX = 3,
  STRAGGLER_RSI = 4, STRAGGLER_RDI = 5, STRAGGLER_RBP = 6, STRAGGLER_RSP = 7,
  STRAGGLER_R8 = 8, STRAGGLER_R9 = 9, STRAGGLER_R10 = 10, STRAGGLER_R11 = 11,
  STRAGGLER_R12 = 12, STRAGGLER_R13 = 13, STRAGGLER_R14 = 14, STRAGGLER_R15 = 15,
  STRAGGLER_RIP = 16,
  STRAGGLER_REGISTER_COUNT = 17,
};

// MARK: - Structures

/// Where a call into the recorder came from. `pc` is the return address in the caller, `sp` the caller's stack pointer
/// after the return (its canonical frame address as the callee sees it), `fp` the caller's rbp. The `length` stack bytes
/// kept with it begin at `sp`.
typedef struct StragglerCapture {
  uint64_t pc;
  uint64_t sp;
  uint64_t fp;
  uint32_t length;
  uint32_t flags;
} StragglerCapture;

/// `StragglerHold.resource` of an entry whose lock was given back while younger ones stayed: no lock is there.
enum { STRAGGLER_HOLD_GAP = 1 };

/// One thread's having one lock. `resource` is 0 above `hold_top`, and below it while the entry is reserved and being filled: what
/// interrupts that, and has locks of its own meanwhile, leaves it alone, other than a gap. `sequence` is raised before an entry is
/// filled and `resource` is stored last: a reader that finds a lock, and both unchanged after its copy, has a whole entry.
typedef struct StragglerHold {
  uint32_t sequence;
  uint8_t kind;
  uint8_t mode;
  uint16_t flags;  // StragglerHoldFlags
  uint64_t resource;
  uint32_t depth;
  uint32_t object_length;
  StragglerCapture capture;
  uint64_t word;  // of a stream's lock, with OBJECT_READ: where that lock is; with INHERITED: the owner's tid in the parent
  uint8_t object[64];
  uint8_t window[STRAGGLER_WIDE_WINDOW];
} StragglerHold;

/// What a thread is blocked on. Believed only while `sequence` is even and `kind` is not 0, and, for a frozen thread,
/// only while its stack pointer is still below `capture.sp`: a wait that was left by cancellation or longjmp stays here.
typedef struct StragglerWait {
  uint32_t sequence;
  uint8_t kind;
  uint8_t mode;
  uint16_t reserved;
  uint64_t resource;
  uint64_t second;    // the mutex of a condition wait; the number of the thread that is joined, or 0
  StragglerCapture capture;
} StragglerWait;

/// A frozen thread: its registers, and where in the stack region its stack bytes are.
typedef struct StragglerFrozen {
  uint32_t outcome;
  uint32_t has_system_call;
  uint64_t registers[STRAGGLER_REGISTER_COUNT];
  uint64_t stack_address;  // of the first byte copied
  uint64_t stack_offset;   // of the copy, from the beginning of the arena
  uint32_t stack_length;
  uint32_t stack_flags;    // StragglerCaptureFlags
  // From /proc/self/task/TID/syscall, proc(5): read for threads that stood in a system call.
  int64_t system_call;
  uint64_t system_call_arguments[6];
  uint64_t system_call_sp;
  uint64_t system_call_pc;
} StragglerFrozen;

/// One thread. The first cache line is what an acquisition touches.
typedef struct StragglerThread {
  uint32_t state;
  uint32_t flags;
  uint32_t hold_top;    // holds above it do not exist
  uint32_t hold_lost;   // holds for which there was no room, and that were not given back
  uint64_t transit;     // the lock that is just being acquired or released: a hold if its owner field says so
  uint64_t stack_low;   // the thread's own stack, 0 where it is not known
  uint64_t quick_room;  // window_room of a thread whose mutexes are taken the quick way (straggler_thread_trust_libc), else 0
  uint64_t window_room;  // stack_high - stack_low - STRAGGLER_WINDOW: from lower in the stack a whole window can be copied
  uint32_t number;      // serial number in this process, from 1; never reused
  int32_t tid;          // the kernel's, 0 until the thread has run
  uint64_t handle;      // pthread_t

  uint64_t stack_high;  // its end, 0 where it is not known
  uint64_t start_routine;
  uint32_t creator;     // number of the creating thread, 0 where it is not known
  uint32_t operation;   // StragglerOperation, under way
  int64_t operation_descriptor;
  uint64_t operation_stream;
  uint64_t alternate_stack;
  uint64_t alternate_stack_size;
  uint64_t start_argument;
  uint32_t end_rounds;    // of thread-specific data destructors that have run
  uint32_t handle_state;  // StragglerHandleState

  char name[128];       // NUL-terminated; empty where the thread has none
  StragglerWait wait;
  StragglerFrozen frozen;
  StragglerCapture creation;
  uint32_t transit_flags;    // StragglerHoldFlags: OBJECT_READ or OBJECT_GONE
  uint32_t transit_length;
  uint8_t transit_object[64];  // the bytes at `transit`, as they were at the freeze
  uint64_t handle_address;     // where pthread_create's caller wants the handle
  // Where the return address of the call that is under way stands, and what it is: a call that was left by cancellation
  // or longjmp is told by the stack, where something else stands there by then.
  uint64_t operation_sp;
  uint64_t operation_pc;
  // Of pthread_once: what the thread has asked for, and the control word of the routine that it runs. The latter is believed while
  // the return address of that run stands on the stack.
  uint64_t once_routine;
  uint64_t once_control;
  uint64_t once_running;
  uint64_t once_sp;
  uint64_t once_pc;
  uint32_t call_flags;         // StragglerCallFlags
  uint32_t call_futex_value;   // of the word that its system call waits on, at the freeze
  uint32_t call_file_mode;     // st_mode of the descriptor that its system call is on
  int32_t call_descriptor;     // that descriptor: the only one of a poll or its kin
  uint64_t call_futex;         // the address of the word, with CALL_FUTEX_READ
  uint64_t call_futex_owner;   // eight bytes at 8 from there, where stdio's locks and mutexes keep their owner
  // Of a truncation by path or a rename, as the program wrote it; its end, after "...", where it is long; a rename's new one.
  char operation_path[136];
  char operation_target[128];
  // Not at a page's distance from the first line: a load there would seem to depend on the stores here (4 KiB aliasing).
  StragglerHold holds[STRAGGLER_INLINE_HOLDS];
  uint8_t creation_stack[STRAGGLER_CREATION_STACK];
} StragglerThread;

/// One open descriptor. The entry's index is the descriptor's number. What every opening and closing writes is in the first two
/// cache lines, a short path included.
typedef struct StragglerFile {
  uint32_t state;
  uint32_t sequence;
  uint32_t flags;
  uint32_t opener;       // thread number
  uint32_t last_writer;  // thread number, 0 where nobody wrote
  uint32_t open_flags;   // as for open(2)
  uint32_t lock_holder;  // number of the thread that locked it with flock or fcntl, 0 where none did
  uint32_t origin;       // StragglerFileOrigin
  uint64_t stream;       // FILE *, 0 where it has none
  uint64_t unflushed;    // bytes in the stream's buffer at the freeze
  uint64_t unsynced;     // bytes written since the last fsync, as far as seen
  uint64_t description;  // the same for descriptors that were duplicated from one another (open(2): open file description)
  StragglerCapture capture;
  uint64_t device, inode;   // what it was open on when it was locked first (fstat(2)); `inode` is 0 where nobody asked
  uint8_t before_path[16];  // so that a path can be stored in pieces that are aligned where it comes from
  char path[512];
  uint8_t stack[STRAGGLER_ENTRY_STACK];
} StragglerFile;

/// One critical section in progress, of a thread or of a task.
typedef struct StragglerSection {
  uint32_t state;
  uint32_t generation;   // with the index it makes the token: a token left twice is told from its successor
  uint32_t thread;       // number of the thread that entered it
  uint32_t sequence;
  uint64_t task;         // the task's identity where it is a task's, else 0
  StragglerCapture capture;
  char name[128];
  uint32_t is_task;      // not a section but the task itself, from its making to its end
  uint8_t padding[452];
  uint8_t stack[STRAGGLER_ENTRY_STACK];
} StragglerSection;

/// The name that the program gave a lock.
typedef struct StragglerName {
  uint32_t state;
  uint32_t kind;         // StragglerResourceKind, 0 where libc's own is right
  uint64_t resource;
  char name[112];
} StragglerName;

typedef enum StragglerModuleFlags {
  STRAGGLER_MODULE_BYPASSES = 1 << 0,  // its calls of libc's lock functions lead past the recorder
} StragglerModuleFlags;

/// One loaded ELF file. `bias` is what is added to its addresses (dl_phdr_info.dlpi_addr, dl_iterate_phdr(3)).
typedef struct StragglerModule {
  uint64_t bias;
  uint64_t start;
  uint64_t end;
  uint32_t build_id_length;
  uint32_t flags;
  uint8_t build_id[32];
  char path[448];
} StragglerModule;

typedef struct StragglerRegion {
  uint64_t offset;      // from the beginning of the arena
  uint32_t entry_size;
  uint32_t capacity;    // entries
  uint32_t used;        // entries that ever were in use: what lies beyond was never written
  uint32_t lost;        // entries for which there was no room
} StragglerRegion;

typedef struct StragglerExit {
  uint32_t phase;
  uint32_t kind;
  int32_t status;
  uint32_t thread;        // number of the exiting thread
  uint64_t begun;         // CLOCK_MONOTONIC, nanoseconds; 0 until exit began
  uint64_t frozen;        // the same clock, when the last thread stood
  uint64_t threads_seen;  // in /proc/self/task at the freeze
} StragglerExit;

/// How many of the spawned children a record keeps.
#define STRAGGLER_SPAWNED 512

typedef struct StragglerArenaHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t header_size;
  uint64_t size;           // of the whole arena, holes included
  int32_t pid;
  int32_t parent_pid;
  uint32_t flags;
  uint32_t threads_created;  // the last number given
  uint64_t modules_seen;     // dlpi_adds + dlpi_subs when the module table was last made
  uint64_t start_time;       // CLOCK_MONOTONIC, nanoseconds, when the recorder began
  uint32_t outside_stop;     // StragglerOutsideStop
  uint32_t children_unrecorded;  // child processes that have no record: made past libc's fork, or out of the socket's reach
  uint32_t spawned_count;        // of `spawned`, which keeps the last ones of them
  uint64_t exec_generation;
  StragglerRegion regions[STRAGGLER_REGION_COUNT];
  StragglerExit exit;
  uint32_t argument_count;
  uint32_t arguments_length;
  char executable[1024];
  char working_directory[1024];
  char arguments[3072];      // NUL-terminated strings, one after the other
  int32_t spawned[STRAGGLER_SPAWNED];  // children that became another program without having had a record (vfork, posix_spawn)
  char suppressions[4096];   // what the program's straggler_default_suppressions gave: NUL-terminated
} StragglerArenaHeader;

/// What the recorder sends with the arena's descriptor (SCM_RIGHTS) over the socket named by STRAGGLER_SOCKET.
typedef struct StragglerHello {
  uint64_t magic;
  uint32_t version;
  int32_t pid;
  int32_t parent_pid;
  uint32_t flags;          // StragglerArenaFlags
} StragglerHello;

_Static_assert(sizeof(StragglerCapture) == 32, "layout");
_Static_assert(sizeof(StragglerHold) == 512, "layout");
_Static_assert(offsetof(StragglerHold, capture) == 24, "layout");
_Static_assert(offsetof(StragglerHold, object) == 64, "layout");
_Static_assert(offsetof(StragglerHold, window) == 128, "layout");
_Static_assert(offsetof(StragglerThread, number) == 48, "the first cache line");
_Static_assert(offsetof(StragglerThread, holds) == 1024, "layout");
_Static_assert(offsetof(StragglerThread, creation_stack) == 1024 + STRAGGLER_PAGE, "layout");
_Static_assert(sizeof(StragglerThread) == 2 * STRAGGLER_PAGE, "a slot costs 8 KiB");
_Static_assert(sizeof(StragglerFile) == STRAGGLER_PAGE, "layout");
_Static_assert(offsetof(StragglerFile, capture) == 64, "the second cache line");
_Static_assert(offsetof(StragglerFile, stack) % 16 == 0, "layout");
_Static_assert(sizeof(StragglerSection) == STRAGGLER_PAGE, "layout");
_Static_assert(sizeof(StragglerName) == 128, "layout");
_Static_assert(sizeof(StragglerModule) == 512, "layout");
_Static_assert(sizeof(StragglerArenaHeader) <= 3 * STRAGGLER_PAGE, "layout");
_Static_assert(offsetof(StragglerArenaHeader, outside_stop) == 56, "layout");

// MARK: - Accessors

/// Begins the writing of an entry that readers check by its sequence number. The writer is the entry's only one.
static inline __attribute__((always_inline)) void straggler_begin_write(uint32_t *sequence) {
  __atomic_store_n(sequence, *sequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
}

/// Ends what `straggler_begin_write` began.
static inline __attribute__((always_inline)) void straggler_end_write(uint32_t *sequence) {
  __atomic_store_n(sequence, *sequence + 1, __ATOMIC_RELEASE);
}

#endif
