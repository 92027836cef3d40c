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

#pragma GCC visibility push(hidden)

// MARK: - Who is calling

/// A page of its own that the kernel clears in a forked child (MADV_WIPEONFORK, madvise(2)): however the child was made
/// (fork, _Fork, raw clone), it finds `recording` 0 and does not write into its parent's arena.
typedef struct StragglerGuard {
  uint32_t recording;
  uint8_t padding[STRAGGLER_PAGE - sizeof(uint32_t)];
} StragglerGuard;

extern StragglerGuard straggler_guard;

/// The calling thread's slot; NULL before its first event; STRAGGLER_IGNORED after its end.
extern __thread StragglerThread *straggler_current __attribute__((tls_model("initial-exec"), visibility("hidden")));
#define STRAGGLER_IGNORED ((StragglerThread *)1)

/// Finds or makes the slot of a thread that has none yet, and of a forked child. NULL where nothing is to be recorded.
StragglerThread *straggler_self_slow(void);

static inline StragglerThread *straggler_self(void) {
  StragglerThread *self = straggler_current;
  if (__builtin_expect((uintptr_t)self > (uintptr_t)STRAGGLER_IGNORED && straggler_guard.recording, 1)) return self;
  return straggler_self_slow();
}

/// Where the program called an interposed function. Valid in that function only while its frame stands.
typedef struct StragglerCaller {
  uint64_t pc;
  uint64_t sp;
  uint64_t fp;
} StragglerCaller;

/// `__builtin_frame_address` makes the compiler keep a frame pointer in the function that uses this: the caller's rbp,
/// the return address and the caller's stack pointer then stand at fixed places (System V psABI, 3.2.2).
#define STRAGGLER_CALLER()                                                                       \
  ({                                                                                             \
    const uint64_t *straggler_frame = (const uint64_t *)__builtin_frame_address(0);               \
    (StragglerCaller){straggler_frame[1], (uint64_t)(straggler_frame + 2), straggler_frame[0]};    \
  })

// MARK: - Captures

/// Fills a capture, and `bytes` with at most `room` bytes of stack from the caller's stack pointer up: only from the
/// thread's own stack, which alone is known to be mapped up to `stack_high`.
static inline void straggler_capture(
  const StragglerThread *self, StragglerCaller caller, StragglerCapture *capture, uint8_t *bytes, size_t room
) {
  capture->pc = caller.pc;
  capture->sp = caller.sp;
  capture->fp = caller.fp;
  if (__builtin_expect(caller.sp - self->stack_low >= self->stack_high - self->stack_low, 0)) {
    capture->length = 0;
    capture->flags = STRAGGLER_CAPTURE_FOREIGN_STACK;
    return;
  }
  size_t own = self->stack_high - caller.sp;
  if (__builtin_expect(own > room, 1)) {
    memcpy(bytes, (const void *)caller.sp, room);
    capture->length = (uint32_t)room;
    capture->flags = 0;
  } else {
    memcpy(bytes, (const void *)caller.sp, own);
    capture->length = (uint32_t)own;
    capture->flags = STRAGGLER_CAPTURE_REACHES_BASE;
  }
}

// MARK: - Holds

/// The hold with this index: in the slot, or in the slot's overflow block.
StragglerHold *straggler_hold_at(StragglerThread *self, uint32_t index);

/// Makes room where `hold_top` has reached the inline holds: in the overflow block. NULL where there is none.
StragglerHold *straggler_hold_overflow(StragglerThread *self);

/// The thread's hold of this lock; NULL where there is none.
static inline StragglerHold *straggler_find_hold(StragglerThread *self, const void *lock) {
  for (uint32_t index = self->hold_top; index-- > 0;) {
    StragglerHold *hold = index < STRAGGLER_INLINE_HOLDS ? &self->holds[index] : straggler_hold_at(self, index);
    if (hold->resource == (uint64_t)lock) return hold;
  }
  return NULL;
}

/// Records that the thread has taken the lock. A lock that it already has (recursive, or given back by another thread
/// meanwhile) keeps its entry. `window` is a constant: the number of stack bytes to keep.
static inline __attribute__((always_inline)) void straggler_push_hold(
  StragglerThread *self, const void *lock, uint8_t kind, uint8_t mode, uint16_t flags, StragglerCaller caller,
  size_t window
) {
  StragglerHold *hold = straggler_find_hold(self, lock);
  if (__builtin_expect(hold != NULL, 0)) {
    bool again = kind == STRAGGLER_RESOURCE_RECURSIVE_MUTEX || mode == STRAGGLER_MODE_SHARED;
    if (again && hold->kind == kind && hold->mode == mode) {
      hold->depth += 1;
      return;
    }
  } else if (__builtin_expect(self->hold_top < STRAGGLER_INLINE_HOLDS, 1)) {
    // Reserved before it is written: a signal handler that takes a lock meanwhile gets the next one.
    hold = &self->holds[self->hold_top++];
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
  } else {
    hold = straggler_hold_overflow(self);
    if (hold == NULL) return;
  }
  straggler_begin_write(&hold->sequence);
  hold->kind = kind;
  hold->mode = mode;
  hold->flags = flags;
  hold->depth = 1;
  hold->resource = (uint64_t)lock;
  straggler_capture(self, caller, &hold->capture, hold->window, window);
  straggler_end_write(&hold->sequence);
}

/// Records that the thread is about to give the lock back; to be called before it does. A recursive lock that was taken
/// more than once stays. A lock that the thread does not have is somebody else's business.
static inline void straggler_pop_hold(StragglerThread *self, const void *lock) {
  StragglerHold *hold = straggler_find_hold(self, lock);
  if (__builtin_expect(hold == NULL, 0)) return;
  if (__builtin_expect(hold->depth > 1, 0)) {
    hold->depth -= 1;
    return;
  }
  straggler_begin_write(&hold->sequence);
  hold->resource = 0;
  straggler_end_write(&hold->sequence);
  uint32_t top = self->hold_top;
  while (top > 0 && straggler_hold_at(self, top - 1)->resource == 0) top -= 1;
  self->hold_top = top;
}

// MARK: - Waits

/// Says what the thread is about to be blocked on. `second`: see StragglerWait. A wait within a wait (the condition by
/// which the thread runtime waits for a thread) does not replace it. Returns what `straggler_end_wait` wants to know.
bool straggler_begin_wait(
  StragglerThread *self, uint8_t kind, uint8_t mode, const void *resource, uint64_t second, StragglerCaller caller);
void straggler_end_wait(StragglerThread *self, bool begun);

// MARK: - Threads

/// Claims a slot for a thread that the caller is about to create, and records where. NULL where there is no room.
/// `handle` is where its caller wants the handle; `stack_size` in bytes as its attributes say, 0 where they don't.
StragglerThread *straggler_thread_prepare(
  StragglerThread *creator, pthread_t *handle, void *(*start)(void *), void *argument, bool detached,
  uint64_t stack_size, StragglerCaller caller);
/// pthread_create failed.
void straggler_thread_cancel(StragglerThread *slot);
/// pthread_create succeeded: tells the slot its handle, and gives up the creator's claim on it.
void straggler_thread_created(StragglerThread *slot, pthread_t handle);
/// The new thread's first step: it takes its slot. `frame` is the address of its first frame.
void straggler_thread_begin(StragglerThread *slot, const void *frame);

/// The slot of a live or unjoined thread by its handle; NULL where it has none.
StragglerThread *straggler_thread_with_handle(pthread_t handle);
void straggler_thread_joined(StragglerThread *slot);
void straggler_thread_detached(StragglerThread *slot);
void straggler_thread_named(StragglerThread *slot, const char *name);

// MARK: - Files

/// A descriptor came to be. `path` may be NULL; `stream` is its FILE * or NULL.
void straggler_file_opened(
  StragglerThread *self, int descriptor, const char *path, int open_flags, const void *stream, StragglerCaller caller);
/// A descriptor is about to be closed, or was replaced.
void straggler_file_closed(int descriptor);
/// Tells one opening of a descriptor from the next: 0 where it has no entry.
uint32_t straggler_file_opening(int descriptor);
/// As `straggler_file_closed`, unless the descriptor was opened again meanwhile.
void straggler_file_closed_since(int descriptor, uint32_t opening);
/// A file call that was under way before: a signal handler's write comes in the middle of another one.
typedef struct StragglerPending {
  uint32_t operation;
  int64_t descriptor;
  uint64_t stream;
} StragglerPending;

/// The thread begins a call on a descriptor or stream; `operation` is a StragglerOperation.
static inline StragglerPending straggler_operation_begin(
  StragglerThread *self, uint32_t operation, int descriptor, const void *stream
) {
  StragglerPending before = {self->operation, self->operation_descriptor, self->operation_stream};
  self->operation_descriptor = descriptor;
  self->operation_stream = (uint64_t)stream;
  __atomic_store_n(&self->operation, operation, __ATOMIC_RELEASE);
  return before;
}

static inline void straggler_operation_end(StragglerThread *self, StragglerPending before) {
  self->operation_descriptor = before.descriptor;
  self->operation_stream = before.stream;
  __atomic_store_n(&self->operation, before.operation, __ATOMIC_RELEASE);
}

/// `bytes` were written by the thread (by way of a stream: 0, it is not known how many).
void straggler_file_written(StragglerThread *self, int descriptor, long bytes);
void straggler_file_synced(int descriptor);
/// An open descriptor became the descriptor of a stream (fdopen). False where the descriptor has no entry.
bool straggler_file_wrapped(int descriptor, const void *stream);
/// The descriptor of a stream, read from the stream itself.
int straggler_stream_descriptor(const void *stream);

// MARK: - Process

/// Starts recording in this process: called once, before anything of the program runs.
void straggler_recorder_start(int argument_count, char **arguments, char **environment, uint32_t flags);
/// In a forked child, right after fork: gives it an arena of its own. `forking` is a copy of the forking thread's slot as
/// it was before the fork.
void straggler_recorder_forked(const StragglerThread *forking);
bool straggler_is_recorded_process(void);

/// Exit began on the calling thread: main returned, or exit was called. Runs the thread runtime's exit sequence, once.
void straggler_exit_begin(int status);
/// The calling thread ends the process now: freezes every other thread and completes the record. Returns the status with
/// which the process must end. `kind` is a StragglerExitKind.
int straggler_exit_finish(uint32_t kind, int status);

#pragma GCC visibility pop

#endif
