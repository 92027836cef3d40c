// The recorder's inner interface: what the interposer tells it, and the few stores that an acquisition costs.
//
// Manners: nothing here allocates, uses stdio, changes errno or takes a lock. Functions that take a `StragglerThread *`
// get the calling thread's slot from `straggler_self()`, which is NULL where nothing is recorded.
#ifndef STRAGGLER_RECORDER_H
#define STRAGGLER_RECORDER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "StragglerArena.h"
#include "uninstrumented.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

#pragma GCC visibility push(hidden)

// MARK: - Who is calling

/// What every event on a file looks up, in one cache line, on the page that an event looks at anyway: the system call between two
/// of them leaves few lines, and few pages' addresses, of ours behind.
typedef struct StragglerFileTable {
  StragglerFile *entries;
  uint64_t taken;  // one bit for each of the first descriptors: the memory of its entry was taken
  uint32_t capacity;
  uint32_t padding;
  // The module that the last opening's caller was in. What two threads at once make of it (a start and an end that don't
  // belong together) only makes a look at the table of modules come a little later.
  uint64_t caller_start, caller_end;
  uint64_t reserved[3];
} StragglerFileTable;
_Static_assert(sizeof(StragglerFileTable) == 64, "one cache line");

/// A page of its own that the kernel clears in a forked child (MADV_WIPEONFORK, madvise(2)): however the child was made
/// (fork, _Fork, raw clone), it finds `recording` 0 and does not write into its parent's arena.
typedef struct StragglerGuard {
  uint32_t recording;
  uint32_t final;  // the record is complete: a thread that goes on after the freeze changes nothing in it
  uint8_t first_line[56];
  StragglerFileTable files;
  uint8_t padding[STRAGGLER_PAGE - 128];
} StragglerGuard;
_Static_assert(sizeof(StragglerGuard) == STRAGGLER_PAGE, "the kernel clears whole pages");

extern StragglerGuard straggler_guard;

/// The calling thread's slot, or one of the marks below; NULL before its first event. One word, for thread-local storage is
/// scarce in a preloaded library.
extern __thread StragglerThread *straggler_current __attribute__((tls_model("initial-exec"), visibility("hidden")));
/// While a child of vfork runs on the thread: nothing is recorded, and the slot is put aside for that long.
#define STRAGGLER_PUT_ASIDE ((StragglerThread *)1)
/// That child has executed another program.
#define STRAGGLER_EXECUTED ((StragglerThread *)2)
/// After the thread's end: nothing is recorded.
#define STRAGGLER_IGNORED ((StragglerThread *)3)
/// Another process shares this word (clone with CLONE_VM, without CLONE_SETTLS) while the thread with this slot goes on: which
/// of the two is calling, only the kernel knows.
#define STRAGGLER_SHARING(index) ((StragglerThread *)(uintptr_t)(4 + (index)))

/// Whether it is a slot and no mark: no process has memory that low (mmap_min_addr).
static inline bool straggler_is_slot(const StragglerThread *current) { return (uintptr_t)current >= 65536; }

/// Finds or makes the slot of a thread that has none yet, and of a forked child. NULL where nothing is to be recorded.
StragglerThread *straggler_self_slow(void);

/// The calling thread's slot where it has one already; NULL where only `straggler_self` can tell.
static inline StragglerThread *straggler_known_self(void) {
  StragglerThread *self = straggler_current;
  if (__builtin_expect(!straggler_is_slot(self) || !straggler_guard.recording, 0)) return NULL;
  __builtin_assume(self != NULL);
  return self;
}

static inline StragglerThread *straggler_self(void) {
  StragglerThread *self = straggler_known_self();
  return __builtin_expect(self != NULL, 1) ? self : straggler_self_slow();
}

/// Where the program called an interposed function: that function's own frame, valid while it stands. One word, so that
/// the paths that are hardly ever taken cost the others nothing.
typedef struct StragglerCaller {
  const uint64_t *frame;
} StragglerCaller;

/// `__builtin_frame_address` makes the compiler keep a frame pointer in the function that uses this: the caller's rbp,
/// the return address and the caller's stack pointer then stand at fixed places (System V psABI, 3.2.2).
#define STRAGGLER_CALLER() ((StragglerCaller){(const uint64_t *)__builtin_frame_address(0)})

static inline uint64_t straggler_caller_fp(StragglerCaller caller) { return caller.frame[0]; }
static inline uint64_t straggler_caller_pc(StragglerCaller caller) { return caller.frame[1]; }
static inline uint64_t straggler_caller_sp(StragglerCaller caller) { return (uint64_t)(caller.frame + 2); }

// MARK: - Captures

/// Fills a capture, and `bytes` with at most `room` bytes of stack from the caller's stack pointer up: only from the
/// thread's own stack, which alone is known to be mapped up to `stack_high`.
void straggler_capture(
  const StragglerThread *self, StragglerCaller caller, StragglerCapture *capture, uint8_t *bytes, size_t room);

/// Whether the processor and the kernel know AVX's registers (Intel SDM volume 1, 14.3), and what their use asks for: 0 until the
/// recorder started.
extern uint32_t straggler_has_avx;
enum { STRAGGLER_AVX_NONE = 0, STRAGGLER_AVX_ENDED = 1, STRAGGLER_AVX_AS_IT_IS = 2 };

/// Copies STRAGGLER_WINDOW bytes through registers of 32 bytes, which the processor must have. In assembly, because a function
/// compiled for AVX can't be inlined into one that is not. `vzeroupper` lets SSE code that comes after run at its full speed; no
/// caller has a value there (System V psABI, 3.2.1). Where the processor keeps track of each register, to clear the four is
/// enough, and costs nothing: vzeroupper takes a tenth of a lock and unlock there.
static inline __attribute__((always_inline)) void straggler_copy_window_by_avx(uint8_t *target, const void *source) {
  __asm__ volatile(
    "vmovups (%0), %%ymm0\n\tvmovups 32(%0), %%ymm1\n\tvmovups 64(%0), %%ymm2\n\tvmovups 96(%0), %%ymm3\n\t"
    "vmovups %%ymm0, (%1)\n\tvmovups %%ymm1, 32(%1)\n\tvmovups %%ymm2, 64(%1)\n\tvmovups %%ymm3, 96(%1)\n\t"
    "vxorps %%xmm0, %%xmm0, %%xmm0\n\tvxorps %%xmm1, %%xmm1, %%xmm1\n\t"
    "vxorps %%xmm2, %%xmm2, %%xmm2\n\tvxorps %%xmm3, %%xmm3, %%xmm3"
    :
    : "r"(source), "r"(target)
    : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
      "xmm12", "xmm13", "xmm14", "xmm15");
  if (__builtin_expect(straggler_has_avx != STRAGGLER_AVX_AS_IT_IS, 0)) __asm__ volatile("vzeroupper" : : : "memory");
  _Static_assert(STRAGGLER_WINDOW == 4 * 32, "four registers of 32 bytes");
}

/// Copies STRAGGLER_WINDOW bytes: half the loads and stores where the processor has AVX.
static inline __attribute__((always_inline)) void straggler_copy_window(uint8_t *target, const void *source) {
  if (__builtin_expect(!straggler_has_avx, 0)) {
    memcpy(target, source, STRAGGLER_WINDOW);
  } else {
    straggler_copy_window_by_avx(target, source);
  }
}

/// Two words that are the same at nearly every acquisition: a load and a comparison cost nothing here, a store has to be
/// through before the next atomic operation.
static inline __attribute__((always_inline)) void straggler_keep_or_store(uint32_t *words, uint64_t value) {
  uint64_t present;
  memcpy(&present, words, sizeof present);
  if (__builtin_expect(present != value, 0)) memcpy(words, &value, sizeof value);
}

/// Whether a whole window can be copied from here up: below the stack is foreign, too near its top is the slow way.
static inline __attribute__((always_inline)) bool straggler_has_window(const StragglerThread *self, uint64_t sp) {
  return __builtin_expect(sp - self->stack_low < self->window_room, 1);
}

/// How a window is copied: `straggler_copy_window`, or the one by AVX where that is known to be there. A constant.
typedef void StragglerCopyWindow(uint8_t *target, const void *source);

/// As `straggler_capture`, for the window of a hold, where there is a whole one. Calls nothing.
static inline __attribute__((always_inline)) void straggler_capture_window(
  const StragglerThread *self, StragglerCaller caller, StragglerHold *hold, StragglerCopyWindow *copy
) {
  uint64_t sp = straggler_caller_sp(caller);
  uint64_t fp = straggler_caller_fp(caller);
  hold->capture.pc = straggler_caller_pc(caller);
  hold->capture.sp = sp;
  hold->capture.fp = fp;
  copy(hold->window, (const void *)sp);
  // A frame register that points just above the stack pointer is a frame pointer. Code that keeps one is mostly unoptimised,
  // and then a lock is taken through several frames of a library's wrappers (std::unique_lock: four), which would fill the
  // window: twice as much is kept.
  bool framed = __builtin_expect(fp - sp <= STRAGGLER_NEAR_FRAME, 0);
  // The length with `flags`, which are 0.
  if (framed && straggler_has_window(self, sp + STRAGGLER_WINDOW)) {
    copy(hold->window + STRAGGLER_WINDOW, (const char *)sp + STRAGGLER_WINDOW);
    straggler_keep_or_store(&hold->capture.length, 2 * STRAGGLER_WINDOW);
  } else {
    straggler_keep_or_store(&hold->capture.length, STRAGGLER_WINDOW);
  }
}

// MARK: - Holds

/// The hold with this index: in the slot, or in the slot's overflow block.
StragglerHold *straggler_hold_at(StragglerThread *self, uint32_t index);

/// Whether a lock is there: the entry is no gap, and not just being filled.
static inline bool straggler_is_held(const StragglerHold *hold) { return hold->resource > STRAGGLER_HOLD_GAP; }

/// The thread's hold of this lock; NULL where there is none.
StragglerHold *straggler_find_hold(StragglerThread *self, const void *lock);

/// How a lock is held.
typedef struct StragglerHolding {
  uint8_t kind;
  uint8_t mode;
  uint16_t flags;
} StragglerHolding;

/// The first step of filling an empty entry: its sequence number is raised. The last one is to store its resource: a reader that
/// finds a resource, and both unchanged after its copy, has a whole entry.
static inline __attribute__((always_inline)) void straggler_begin_hold(StragglerHold *hold, StragglerHolding how) {
  // Sequence number, kind, mode and flags in one store.
  uint64_t first = (uint32_t)(hold->sequence + 1) | (uint64_t)how.kind << 32 | (uint64_t)how.mode << 40 |
                   (uint64_t)how.flags << 48;
  memcpy(&hold->sequence, &first, sizeof first);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  straggler_keep_or_store(&hold->depth, 1);  // with `object_length`, which is 0
}

/// Fills an empty entry, with the usual window, where there is a whole one.
static inline __attribute__((always_inline)) void straggler_fill_hold(
  const StragglerThread *self, StragglerHold *hold, const void *lock, StragglerHolding how, StragglerCaller caller,
  StragglerCopyWindow *copy
) {
  straggler_begin_hold(hold, how);
  straggler_capture_window(self, caller, hold, copy);
  __atomic_store_n(&hold->resource, (uint64_t)lock, __ATOMIC_RELEASE);
}

/// As `straggler_push_hold` with the usual window, for a thread that holds as many locks as `held`, another one each, and has a
/// whole window here. False, and nothing is done, where it holds more or fewer, or this one. Calls nothing, so that nothing need be
/// kept across a call: what is pushed for that has to be through before the unlock's atomic operation. `held` is a constant: then
/// the entry's place and the new `hold_top` wait for no load, which the lock before would have to store first.
static inline __attribute__((always_inline)) bool straggler_push_hold_after(
  StragglerThread *self, uint32_t held, const void *lock, StragglerHolding how, StragglerCaller caller, StragglerCopyWindow *copy
) {
  if (__builtin_expect(self->hold_top != held, 0)) return false;
  // Nor where the last one is a gap: a signal handler's unlock would take it away together with what is reserved above it.
  if (held > 0 && __builtin_expect(self->holds[held - 1].resource == STRAGGLER_HOLD_GAP, 0)) return false;
  for (uint32_t index = 0; index < held; index++) {
    if (__builtin_expect(self->holds[index].resource == (uint64_t)lock, 0)) return false;
  }
  // Reserved before it is written: a signal handler that takes a lock meanwhile gets the next one, and giving it back does not lower
  // `hold_top` any further.
  self->hold_top = held + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  straggler_fill_hold(self, &self->holds[held], lock, how, caller, copy);
  return true;
}

/// The same for the thread's first lock or its second. A third costs a little more (`straggler_push_next_hold`).
static inline __attribute__((always_inline)) bool straggler_push_early_hold(
  StragglerThread *self, const void *lock, StragglerHolding how, StragglerCaller caller, StragglerCopyWindow *copy
) {
  return straggler_push_hold_after(self, 0, lock, how, caller, copy) ||
         straggler_push_hold_after(self, 1, lock, how, caller, copy);
}

/// The same for the first lock alone, where it is not known whether there is a whole window.
static inline __attribute__((always_inline)) bool straggler_push_only_hold(
  StragglerThread *self, const void *lock, StragglerHolding how, StragglerCaller caller
) {
  return straggler_has_window(self, straggler_caller_sp(caller)) &&
         straggler_push_hold_after(self, 0, lock, how, caller, straggler_copy_window);
}

/// As `straggler_push_hold`, whatever the thread holds already.
void straggler_push_further_hold(
  StragglerThread *self, const void *lock, StragglerHolding how, StragglerCaller caller, size_t window);

/// As `straggler_push_further_hold`, with the usual window: the quick way for a few locks at a time, each another one.
void straggler_push_next_hold(
  StragglerThread *self, const void *lock, StragglerHolding how, StragglerCaller caller);

/// Records that the thread has taken the lock. A lock that it already has (recursive, or given back by another thread
/// meanwhile) keeps its entry. `window` is a constant: the number of stack bytes to keep.
static inline __attribute__((always_inline)) void straggler_push_hold(
  StragglerThread *self, const void *lock, StragglerHolding how, StragglerCaller caller, size_t window
) {
  if (window != STRAGGLER_WINDOW) {
    straggler_push_further_hold(self, lock, how, caller, window);
  } else if (!straggler_push_only_hold(self, lock, how, caller)) {
    straggler_push_next_hold(self, lock, how, caller);
  }
}

/// As `straggler_pop_hold`, for a lock that is not the thread's only hold, or was taken more than once.
void straggler_pop_further_hold(StragglerThread *self, const void *lock);

/// Takes the record of the lock back if it is the one that the thread took after `held` others, and the last, and was taken once;
/// false, and nothing is changed, where it is not. `held` is a constant, as for `straggler_push_hold_after`.
static inline __attribute__((always_inline)) bool straggler_pop_hold_after(
  StragglerThread *self, uint32_t held, const void *lock
) {
  StragglerHold *hold = &self->holds[held];
  bool last = self->hold_top == held + 1 && hold->resource == (uint64_t)lock && hold->depth == 1;
  if (__builtin_expect(!last || (held > 0 && self->holds[held - 1].resource == STRAGGLER_HOLD_GAP), 0)) return false;
  // One store empties the entry: no reader can see it half done.
  __atomic_store_n(&hold->resource, 0, __ATOMIC_RELAXED);
  self->hold_top = held;
  return true;
}

static inline __attribute__((always_inline)) bool straggler_pop_only_hold(StragglerThread *self, const void *lock) {
  return straggler_pop_hold_after(self, 0, lock);
}

static inline __attribute__((always_inline)) bool straggler_pop_early_hold(StragglerThread *self, const void *lock) {
  return straggler_pop_hold_after(self, 0, lock) || straggler_pop_hold_after(self, 1, lock);
}

/// The same for the last lock that the thread took, after however many: it was taken several times, or the one before it is
/// still held.
static inline __attribute__((always_inline)) bool straggler_pop_last_hold(StragglerThread *self, const void *lock) {
  uint32_t last = self->hold_top - 1;
  if (last >= STRAGGLER_INLINE_HOLDS) return false;
  StragglerHold *hold = &self->holds[last];
  if (hold->resource != (uint64_t)lock) return false;
  if (hold->depth > 1) {
    hold->depth -= 1;
    return true;
  }
  if (last == 0 || self->holds[last - 1].resource == STRAGGLER_HOLD_GAP) return false;
  __atomic_store_n(&hold->resource, 0, __ATOMIC_RELAXED);
  self->hold_top = last;
  return true;
}

/// Records that the thread is about to give the lock back; to be called before it does. A recursive lock that was taken
/// more than once stays. A lock that the thread does not have is somebody else's business.
static inline __attribute__((always_inline)) void straggler_pop_hold(StragglerThread *self, const void *lock) {
  if (straggler_pop_only_hold(self, lock) || straggler_pop_last_hold(self, lock)) return;
  straggler_pop_further_hold(self, lock);
}

/// As `straggler_pop_hold`, for a lock that does not say who has it. One that the thread does not have itself is taken out of the record of
/// the only other thread that has it; of several nobody knows whose was given back.
void straggler_pop_unnamed_hold(StragglerThread *self, const void *lock);

/// Takes a lock out of another thread's slot: it was given back by somebody else than its taker.
void straggler_drop_hold(uint32_t thread_number, uint64_t resource);
/// The lock that a thread has goes by another name from now on.
void straggler_rename_hold(uint32_t thread_number, uint64_t resource, uint64_t name);
/// Whether the thread still has the lock only the kernel knows, at the freeze.
void straggler_doubt_hold(uint32_t thread_number, uint64_t resource);

/// A lock was made or destroyed at this address: nobody holds it. Threads that ended with a lock in their hand are
/// asked too, and if the lock `looked_held` every other one.
void straggler_forget_lock(StragglerThread *self, const void *lock, bool looked_held);

// MARK: - Semaphores

/// A semaphore was made with this value.
void straggler_semaphore_made(StragglerThread *self, const void *semaphore, unsigned value);
void straggler_semaphore_destroyed(const void *semaphore);
/// It was made with value 1.
bool straggler_semaphore_is_known(const void *semaphore);
/// It was, and its memory is no longer there: a named one that was closed.
bool straggler_semaphore_is_gone(const void *semaphore);
/// The thread took a token. A hold only if the semaphore was made with value 1 by another thread: one that its own taker made
/// is a way of waiting, not a lock.
void straggler_semaphore_taken(StragglerThread *self, const void *semaphore, StragglerCaller caller);
/// A token is about to be given back, by whomever.
void straggler_semaphore_posted(const void *semaphore);

// MARK: - File locks

/// What a lock on an open file is called in holds and waits: no address looks like it.
#define STRAGGLER_FILE_LOCK(descriptor) (UINT64_C(1) << 63 | (uint32_t)(descriptor))
void straggler_file_locked(
  StragglerThread *self, int descriptor, uint8_t mode, StragglerFileLocking locking, StragglerCaller caller);
/// Another live descriptor of the same open file, from `*descriptor` on, which becomes its number. False where none is known.
bool straggler_file_duplicate(uint32_t of, uint32_t *descriptor);
void straggler_file_unlocked(int descriptor, StragglerFileLocking locking);
/// Some of what was locked of the file is no longer: only the kernel knows, at the freeze, whether anything still is.
void straggler_file_partly_unlocked(int descriptor, StragglerFileLocking locking);

// MARK: - Waits

/// Says what the thread is about to be blocked on. `second`: see StragglerWait. A wait within a wait (the condition by
/// which the thread runtime waits for a thread) does not replace it. Returns what `straggler_end_wait` wants to know.
bool straggler_begin_wait(
  StragglerThread *self, uint8_t kind, uint8_t mode, const void *resource, uint64_t second, StragglerCaller caller);
void straggler_end_wait(StragglerThread *self, bool begun);

// MARK: - Threads

/// A thread's stack as pthread_create's attributes have it, in bytes. `address` is 0 where libc makes the stack.
typedef struct StragglerStackPlan {
  uint64_t address;
  uint64_t size;
} StragglerStackPlan;

/// Claims a slot for a thread that the caller is about to create, and records where. NULL where there is no room.
/// `handle` is where its caller wants the handle.
StragglerThread *straggler_thread_prepare(
  StragglerThread *creator, pthread_t *handle, void *(*start)(void *), void *argument, bool detached,
  StragglerStackPlan stack, StragglerCaller caller);
/// pthread_create failed. `slot`: NULL where there was no room for the thread.
void straggler_thread_cancel(const StragglerThread *creator, StragglerThread *slot);
/// pthread_create succeeded: tells the slot its handle, and gives up the creator's claim on it.
void straggler_thread_created(StragglerThread *slot, pthread_t handle);
/// The new thread's first step: it takes its slot. `frame` is the address of its first frame.
void straggler_thread_begin(StragglerThread *slot, const void *frame);
/// The calling thread was made by libc, which knows it by the same id as the kernel: what glibc's mutexes say of their owner can be
/// compared with it, and written for it. To be called when its stack is known.
void straggler_thread_trust_libc(StragglerThread *self);

/// The slot of a live or unjoined thread by its handle; NULL where it has none.
StragglerThread *straggler_thread_with_handle(pthread_t handle);
/// As `straggler_thread_with_handle`, for who is about to join or detach the thread: once libc has done so, the handle may
/// be a new thread's before `straggler_thread_joined` or `straggler_thread_detached` is called. From here on whoever asks for
/// the handle gets the new one.
StragglerThread *straggler_thread_take_leave(pthread_t handle);
/// It was not joined or detached after all.
void straggler_thread_stay(StragglerThread *slot);
/// `number`: the thread's, from when leave was taken. Its slot may be another one's since.
void straggler_thread_joined(StragglerThread *slot, uint32_t number);
void straggler_thread_detached(StragglerThread *slot);
/// The thread's stack for signals (sigaltstack(2)); of size 0 none.
void straggler_alternate_stack_set(StragglerThread *self, uint64_t address, uint64_t size);
void straggler_thread_named(StragglerThread *slot, const char *name);

// MARK: - Files

/// How a descriptor came to be.
typedef struct StragglerOpening {
  uint32_t origin;     // StragglerFileOrigin
  int flags;           // as for open(2)
  const char *path;    // NULL where it has none, or where it is not known
  const void *stream;  // its FILE *, or NULL
  uint64_t description;  // StragglerFile's, of the descriptor that it duplicates; 0 where it duplicates none
} StragglerOpening;

/// A descriptor came to be; a negative one did not.
void straggler_file_opened(StragglerThread *self, int descriptor, StragglerOpening how, StragglerCaller caller);
/// A descriptor is about to be closed, or was replaced.
void straggler_file_closed(int descriptor);
/// `descriptor` is a duplicate of `from`: open with its access, under its path. `flags`: O_CLOEXEC or 0.
void straggler_file_duplicated(StragglerThread *self, int from, int descriptor, int flags, StragglerCaller caller);
/// Every descriptor of this range, both ends included, is about to be closed.
void straggler_files_closed(uint32_t first, uint32_t last);
/// What was opened under the path `from` is now called `to`.
void straggler_files_renamed(const char *from, const char *to);
/// The descriptor is about to be closed, and counts as open until then. Tells its opening from the next: 0 where it has no entry.
uint32_t straggler_file_closing(int descriptor);
/// It was, unless it has been opened again meanwhile.
void straggler_file_closed_since(int descriptor, uint32_t opening);
/// A file call that was under way before: a signal handler's write comes in the middle of another one.
typedef struct StragglerPending {
  uint32_t operation;
  int64_t descriptor;
  uint64_t stream;
  uint64_t sp;
  uint64_t pc;
} StragglerPending;

/// The thread begins a call on a descriptor or stream; `operation` is a StragglerOperation. Inlined, so that the frame
/// is the interposed function's own: a call that was left by cancellation or longjmp is told by it.
static inline __attribute__((always_inline)) StragglerPending straggler_operation_begin(
  StragglerThread *self, uint32_t operation, int64_t descriptor, const void *stream
) {
  StragglerPending before = {
    self->operation, self->operation_descriptor, self->operation_stream, self->operation_sp, self->operation_pc};
  StragglerCaller caller = STRAGGLER_CALLER();
  self->operation_sp = (uint64_t)(caller.frame + 1);
  self->operation_pc = straggler_caller_pc(caller);
  self->operation_descriptor = descriptor;
  self->operation_stream = (uint64_t)stream;
  __atomic_store_n(&self->operation, operation, __ATOMIC_RELEASE);
  return before;
}

static inline void straggler_operation_end(StragglerThread *self, StragglerPending before) {
  if (!straggler_guard.recording) return;  // the record says what was under way
  self->operation_descriptor = before.descriptor;
  self->operation_stream = before.stream;
  self->operation_sp = before.sp;
  self->operation_pc = before.pc;
  __atomic_store_n(&self->operation, before.operation, __ATOMIC_RELEASE);
}

/// `bytes` were written by the thread (by way of a stream: 0, it is not known how many).
void straggler_file_written(StragglerThread *self, int descriptor, long bytes);
/// The file of this descriptor was synced.
void straggler_file_synced(int descriptor);
/// Every file of the file system that this descriptor is on was synced (syncfs(2)).
void straggler_file_system_synced(int descriptor);
/// Every file was.
void straggler_files_synced(void);
/// An open descriptor became the descriptor of a stream (fdopen). False where the descriptor has no entry.
bool straggler_file_wrapped(int descriptor, const void *stream);
/// The descriptor of a stream, read from the stream itself.
int straggler_stream_descriptor(const void *stream);

// MARK: - Process

/// Where calls lead that take a lock and are not seen: the functions that the interposed ones call. 0 where one is not known.
enum { STRAGGLER_LOCK_FUNCTIONS = 4 };
extern uint64_t straggler_lock_functions[STRAGGLER_LOCK_FUNCTIONS];

/// Starts recording in this process: called once, before anything of the program runs.
void straggler_recorder_start(int argument_count, char **arguments, char **environment, uint32_t flags);
/// Asks the program for the suppressions that it brings along: called once, just before main, when its constructors have run.
void straggler_suppressions_ask(void);
/// Writes what the program gave into the arena: once more for a forked child, whose arena is a new one.
void straggler_suppressions_write(void);
/// A copy of the calling thread's slot as it was before the fork that it is just making, or STRAGGLER_FORKING_UNKNOWN where there is
/// none; NULL at other times.
extern __thread const StragglerThread *straggler_forking
  __attribute__((tls_model("initial-exec"), visibility("hidden")));
#define STRAGGLER_FORKING_UNKNOWN ((const StragglerThread *)1)
bool straggler_is_recorded_process(void);
/// Gives a child that libc's fork handlers know nothing of (_Fork) an arena of its own.
void straggler_child_begin(void);
/// A child process comes to be, or has ceased to be (-1), of which nothing is recorded.
void straggler_child_unrecorded(int32_t change);
/// From here on a process that shares the calling thread's storage is not taken for it.
void straggler_begin_sharing(StragglerThread *self);
/// A child process that nothing was recorded of has become another program: its recorder should have attached.
void straggler_child_spawned(pid_t child);

/// An exec that was begun; empty where nothing was recorded.
typedef struct StragglerExec {
  StragglerThread *self;
  StragglerThread *mark;    // of a child without a record, what `straggler_current` was
  uint32_t exiting_thread;  // what the record said before
  bool was_exiting;
} StragglerExec;
/// The calling thread is about to make another program of this process.
StragglerExec straggler_exec_begin(StragglerThread *self);
/// It could not: all is as before.
void straggler_exec_failed(StragglerExec begun);

/// Exit began on the calling thread: main returned, or exit was called. Runs the thread runtime's exit sequence, once.
void straggler_exit_begin(int status);
/// The calling thread ends the process now: freezes every other thread and completes the record. Returns the status with
/// which the process must end. `kind` is a StragglerExitKind.
int straggler_exit_finish(uint32_t kind, int status);

#pragma GCC visibility pop

STRAGGLER_UNINSTRUMENTED_END

#endif
