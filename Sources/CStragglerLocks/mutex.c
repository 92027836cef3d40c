// A lock on a futex, recorded as pthread_mutex_lock's is (CStragglerInterpose/mutex.c): tried first, recorded once it is taken;
// the record taken back before the unlock.
//
// What an uncontended lock costs is its atomic operation each way, and one store after another: the next atomic operation waits
// for all of them (measured: four of 16 bytes a thirtieth of a lock and unlock). So the owner is the word itself, and what is as it
// was is not stored again.
#include "straggler_mutex.h"

#include <linux/futex.h>
#include <stddef.h>

#include "StragglerRecorder.h"
#include "rawsyscall.h"
#include "straggler.h"

_Static_assert(sizeof(StragglerMutex) == 40, "as a pthread mutex");
_Static_assert(offsetof(StragglerMutex, kind) == 16, "as a pthread mutex");

// ThreadSanitizer knows no futex: it is told of the lock (sanitizer/tsan_interface.h), and sees nothing of what happens inside.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TOLD_TO_THREAD_SANITIZER 1
#endif
#endif
#ifdef TOLD_TO_THREAD_SANITIZER
enum { TRIES = 1 << 4, TRY_FAILED = 1 << 5 };  // __tsan_mutex_try_lock, __tsan_mutex_try_lock_failed
void __tsan_mutex_create(void *address, unsigned flags);
void __tsan_mutex_destroy(void *address, unsigned flags);
void __tsan_mutex_pre_lock(void *address, unsigned flags);
void __tsan_mutex_post_lock(void *address, unsigned flags, int recursion);
int __tsan_mutex_pre_unlock(void *address, unsigned flags);
void __tsan_mutex_post_unlock(void *address, unsigned flags);
#define TELL(call) call
#else
#define TELL(call) (void)0
#endif

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { FREE = 0 };
static const uint32_t waited_for = UINT32_C(1) << 31;  // FUTEX_WAITERS, futex(2)
static const uint32_t unknown_owner = STRAGGLER_OWNER_MASK;  // no thread has this id

uint32_t straggler_finalizing;

void straggler_begin_finalizing(void) { __atomic_store_n(&straggler_finalizing, 1, __ATOMIC_RELEASE); }

void straggler_mutex_init(StragglerMutex *mutex) {
  *mutex = (StragglerMutex){.kind = STRAGGLER_OWNER_IN_WORD};
  TELL(__tsan_mutex_create(mutex, 0));
  StragglerThread *self = straggler_self();
  // Whoever had an earlier lock at this address has it no longer.
  if (self != NULL) straggler_forget_lock(self, mutex, false);
}

void straggler_mutex_destroy(StragglerMutex *mutex) {
  TELL(__tsan_mutex_destroy(mutex, 0));
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_forget_lock(self, mutex, mutex->word != FREE);
}

static inline __attribute__((always_inline)) uint32_t name_of(const StragglerThread *self) {
  return self != NULL ? (uint32_t)self->tid : unknown_owner;
}

static inline __attribute__((always_inline)) bool take_if_free(StragglerMutex *mutex, uint32_t name) {
  uint32_t expected = FREE;
  return __atomic_compare_exchange_n(&mutex->word, &expected, name, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/// What mostly is as it was: a load costs nothing here, a store has to be through before the next atomic operation.
static inline __attribute__((always_inline)) void keep_or_store(uint64_t *word, uint64_t value) {
  if (__builtin_expect(*word != value, 0)) *word = value;
}

/// The lock is just being taken or given back: its word says whether the thread has it.
static inline __attribute__((always_inline)) void set_transit(StragglerThread *self, const StragglerMutex *mutex) {
  keep_or_store(&self->transit, (uint64_t)mutex);
}

// MARK: - The record

static void record(
  StragglerThread *self, StragglerMutex *mutex, uint16_t flags, StragglerCaller caller, size_t window
) {
  StragglerHolding how = {STRAGGLER_RESOURCE_MUTEX, STRAGGLER_MODE_EXCLUSIVE, flags};
  straggler_push_hold(self, mutex, how, caller, window);
}

static __attribute__((noinline)) void record_further(
  StragglerThread *self, StragglerMutex *mutex, StragglerCaller caller
) {
  record(self, mutex, 0, caller, STRAGGLER_WINDOW);
}

/// As `straggler_push_hold`, for a thread that holds nothing yet. The window is never doubled: who calls is the program's own
/// code, since `Mutex.withLock` is inlined, and not the last of a library's wrappers.
static inline __attribute__((always_inline)) void record_only(
  StragglerThread *self, StragglerMutex *mutex, StragglerCaller caller
) {
  StragglerHold *hold = &self->holds[0];
  uint64_t sp = straggler_caller_sp(caller);
  if (__builtin_expect(self->hold_top != 0, 0) || !straggler_has_window(self, sp)) {
    record_further(self, mutex, caller);
    return;
  }
  // Reserved before it is written: a signal handler that takes a lock meanwhile gets the next one.
  self->hold_top = 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  straggler_begin_hold(hold, (StragglerHolding){STRAGGLER_RESOURCE_MUTEX, STRAGGLER_MODE_EXCLUSIVE, 0});
  keep_or_store(&hold->capture.pc, straggler_caller_pc(caller));
  keep_or_store(&hold->capture.sp, sp);
  keep_or_store(&hold->capture.fp, straggler_caller_fp(caller));
  straggler_copy_window(hold->window, (const void *)sp);
  straggler_keep_or_store(&hold->capture.length, STRAGGLER_WINDOW);
  __atomic_store_n(&hold->resource, (uint64_t)mutex, __ATOMIC_RELEASE);
}

// MARK: - Waiting

/// Tries for about as long as a sleep and its wake take, some microseconds: the holder of a short section, if it runs, is through
/// before. Each pause is twice as long as the one before: a thread that looks takes the lock's cache line away from the one that has
/// it, which goes slower for it (without: three times as long for two threads that do nothing else). Whether others wait already
/// does not matter: the lock is anybody's who comes when it is free, and to wait behind them would mean a system call for
/// everybody from then on.
static bool take_by_spinning(StragglerMutex *mutex, uint32_t name) {
  enum { LONGEST_PAUSE = 64, PAUSES_BEFORE_SLEEP = 192 };
  for (int pauses = 1, spent = 0;; spent += pauses) {
    if (__atomic_load_n(&mutex->word, __ATOMIC_RELAXED) == FREE && take_if_free(mutex, name)) return true;
    if (spent >= PAUSES_BEFORE_SLEEP) return false;
    for (int pause = 0; pause < pauses; pause++) __builtin_ia32_pause();
    if (pauses < LONGEST_PAUSE) pauses *= 2;
  }
}

/// Who has waited takes the lock as one that is waited for: whether others still do, it can't know.
static void take_by_waiting(StragglerMutex *mutex, uint32_t name) {
  uint32_t word = __atomic_load_n(&mutex->word, __ATOMIC_RELAXED);
  while (true) {
    uint32_t next = word == FREE ? name | waited_for : word | waited_for;
    bool is_ours = next == word ||
                   __atomic_compare_exchange_n(&mutex->word, &word, next, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    if (!is_ours) continue;  // `word` is what it is now
    if (word == FREE) return;
    straggler_syscall4(SYS_futex, (long)&mutex->word, FUTEX_WAIT_PRIVATE, (long)next, 0);
    word = __atomic_load_n(&mutex->word, __ATOMIC_RELAXED);
  }
}

/// The lock is somebody else's: says so, waits, and records it with the wider window that a slow path can afford.
static __attribute__((noinline)) void lock_contended(
  StragglerThread *self, StragglerMutex *mutex, StragglerCaller caller
) {
  if (!take_by_spinning(mutex, name_of(self))) {
    bool begun = straggler_begin_wait(self, STRAGGLER_RESOURCE_MUTEX, 0, mutex, 0, caller);
    take_by_waiting(mutex, name_of(self));
    straggler_end_wait(self, begun);
  }
  // It may have waited for the freeze: then the record is complete without it.
  if (straggler_guard.recording) record(self, mutex, STRAGGLER_HOLD_CONTENDED, caller, STRAGGLER_WIDE_WINDOW);
}

// MARK: - Threads that this recorder does not record
//
// Another one, preloaded, may: where this one is part of a library it was never started. The annotations lead to it.

static void lock_unrecorded(StragglerMutex *mutex) {
  if (!take_if_free(mutex, unknown_owner)) {
    straggler_lock_wait_begun(mutex, STRAGGLER_LOCK_MUTEX);
    take_by_waiting(mutex, unknown_owner);
    straggler_lock_wait_ended();
  }
  straggler_lock_acquired(mutex, STRAGGLER_LOCK_MUTEX, false);
}

/// The lock of a thread that may have no slot yet.
static __attribute__((noinline)) void lock_first(StragglerMutex *mutex, StragglerCaller caller) {
  StragglerThread *self = straggler_self();
  if (self == NULL) {
    lock_unrecorded(mutex);
    return;
  }
  set_transit(self, mutex);
  if (take_if_free(mutex, name_of(self))) record_further(self, mutex, caller);
  else lock_contended(self, mutex, caller);
}

// MARK: - Giving back

static __attribute__((noinline)) bool wake_one(StragglerMutex *mutex) {
  straggler_syscall3(SYS_futex, (long)&mutex->word, FUTEX_WAKE_PRIVATE, 1);
  return straggler_is_finalizing();
}

static inline __attribute__((always_inline)) bool give_back(StragglerMutex *mutex) {
  uint32_t before = __atomic_exchange_n(&mutex->word, FREE, __ATOMIC_RELEASE);
  TELL(__tsan_mutex_post_unlock(mutex, 0));
  // From here on the lock may be gone: to wake who waits at an address that is no longer there does no harm (futex(2)).
  if (__builtin_expect(before & waited_for, 0)) return wake_one(mutex);
  return straggler_is_finalizing();
}

/// The unlock of a thread that has no slot, or that holds more than this one lock.
static __attribute__((noinline)) bool unlock_further(StragglerMutex *mutex) {
  StragglerThread *self = straggler_self();
  if (self == NULL) {
    straggler_lock_released(mutex);
  } else {
    set_transit(self, mutex);
    straggler_pop_hold(self, mutex);
  }
  return give_back(mutex);
}

// MARK: - What is called

bool straggler_mutex_lock(StragglerMutex *mutex) {
  TELL(__tsan_mutex_pre_lock(mutex, 0));
  StragglerThread *self = straggler_known_self();
  if (__builtin_expect(self == NULL, 0)) {
    lock_first(mutex, STRAGGLER_CALLER());
  } else {
    set_transit(self, mutex);
    if (__builtin_expect(take_if_free(mutex, name_of(self)), 1)) record_only(self, mutex, STRAGGLER_CALLER());
    else lock_contended(self, mutex, STRAGGLER_CALLER());
  }
  TELL(__tsan_mutex_post_lock(mutex, 0, 0));
  return straggler_is_finalizing();
}

bool straggler_mutex_try_lock(StragglerMutex *mutex) {
  TELL(__tsan_mutex_pre_lock(mutex, TRIES));
  StragglerThread *self = straggler_self();
  if (self != NULL) set_transit(self, mutex);
  bool is_taken = take_if_free(mutex, name_of(self));
  if (is_taken && self != NULL) record_only(self, mutex, STRAGGLER_CALLER());
  if (is_taken && self == NULL) straggler_lock_acquired(mutex, STRAGGLER_LOCK_MUTEX, false);
  TELL(__tsan_mutex_post_lock(mutex, is_taken ? TRIES : TRIES | TRY_FAILED, 0));
  return is_taken;
}

// Every call here is a jump, so that nothing is saved on the stack before the exchange, which waits for all stores.
bool straggler_mutex_unlock(StragglerMutex *mutex) {
  TELL(__tsan_mutex_pre_unlock(mutex, 0));
  StragglerThread *self = straggler_known_self();
  if (self == NULL) return unlock_further(mutex);
  set_transit(self, mutex);
  if (!straggler_pop_only_hold(self, mutex)) return unlock_further(mutex);
  return give_back(mutex);
}

STRAGGLER_UNINSTRUMENTED_END
