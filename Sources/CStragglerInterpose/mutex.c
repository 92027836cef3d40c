// pthread_mutex_*: what a thread holds, and what it waits for.
//
// The order matters and was measured: try the lock first, record it once it is taken (a record before it costs half as
// much again), and take the record back before the unlock.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mutexword.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static inline uint8_t kind_of(const pthread_mutex_t *mutex) {
  return (mutex->__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP ? STRAGGLER_RESOURCE_RECURSIVE_MUTEX
                                                                  : STRAGGLER_RESOURCE_MUTEX;
}

static inline uint16_t flags_of(const pthread_mutex_t *mutex) {
  return mutex->__data.__kind & 16 ? STRAGGLER_HOLD_ROBUST : 0;  // PTHREAD_MUTEX_ROBUST_NORMAL_NP, pthreadP.h
}

static inline __attribute__((always_inline)) void taken(
  StragglerThread *self, pthread_mutex_t *mutex, StragglerCaller caller
) {
  StragglerHolding how = {kind_of(mutex), STRAGGLER_MODE_EXCLUSIVE, flags_of(mutex)};
  straggler_push_hold(self, mutex, how, caller, STRAGGLER_WINDOW);
}

/// The lock is somebody else's: says so, blocks, and records it with the wider window that a slow path can afford.
static __attribute__((noinline)) int contended(
  StragglerThread *self, pthread_mutex_t *mutex, const struct timespec *time, clockid_t clock, StragglerCaller caller
) {
  bool begun = straggler_begin_wait(
    self, kind_of(mutex), time != NULL ? STRAGGLER_MODE_TIMED : 0, mutex, 0, caller);
  int result;
  if (time == NULL) {
    result = ORIGINAL(pthread_mutex_lock)(mutex);
  } else if (clock == CLOCK_REALTIME) {
    result = ORIGINAL(pthread_mutex_timedlock)(mutex, time);
  } else {
    result = ORIGINAL(pthread_mutex_clocklock)(mutex, clock, time);
  }
  straggler_end_wait(self, begun);
  if ((result == 0 || result == EOWNERDEAD) && straggler_guard.recording) {
    StragglerHolding how = {
      kind_of(mutex), STRAGGLER_MODE_EXCLUSIVE, (uint16_t)(flags_of(mutex) | STRAGGLER_HOLD_CONTENDED)};
    straggler_push_hold(self, mutex, how, caller, STRAGGLER_WIDE_WINDOW);
  }
  return result;
}

/// glibc's trylock, other than its lock, leaves a robust mutex that is not recoverable locked in the caller's name (2.36,
/// nptl/pthread_mutex_trylock.c: it unlocks only where the old value was the caller's). The program's next lock would wait
/// for itself. To go where the oldest supported glibc gives it back.
static void give_back_unrecoverable(StragglerThread *self, pthread_mutex_t *mutex) {
  const uint32_t waiters = UINT32_C(1) << 31;  // FUTEX_WAITERS, futex(2)
  uint32_t word = (uint32_t)self->tid;
  while ((word & ~waiters) == (uint32_t)self->tid) {
    if (!__atomic_compare_exchange_n(
          (uint32_t *)&mutex->__data.__lock, &word, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
      continue;
    }
    // Robust mutexes always wake as shared ones do. A wake of a mapped word does not fail, and so leaves errno alone.
    if (word & waiters) syscall(SYS_futex, &mutex->__data.__lock, FUTEX_WAKE, 1);
    return;
  }
}

/// Without a `time` for as long as it takes.
static inline __attribute__((always_inline)) int lock_until(
  StragglerThread *self, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time, StragglerCaller caller
) {
  self->transit = (uint64_t)mutex;
  int result = ORIGINAL(pthread_mutex_trylock)(mutex);
  if (result == EBUSY) return contended(self, mutex, time, clock, caller);
  if (result == 0 || result == EOWNERDEAD) taken(self, mutex, caller);
  if (result == ENOTRECOVERABLE) give_back_unrecoverable(self, mutex);
  return result;
}

/// The lock of a thread that may have no slot yet.
static __attribute__((noinline)) int lock_first(pthread_mutex_t *mutex, StragglerCaller caller) {
  StragglerThread *self = straggler_self();
  return self == NULL ? ORIGINAL(pthread_mutex_lock)(mutex) : lock_until(self, mutex, 0, NULL, caller);
}

/// The lock of a mutex that only libc can take, and of one that the thread has.
static __attribute__((noinline)) int lock_by_libc(StragglerThread *self, pthread_mutex_t *mutex, StragglerCaller caller) {
  return lock_until(self, mutex, 0, NULL, caller);
}

static __attribute__((noinline)) int wait_for_plain(StragglerThread *self, pthread_mutex_t *mutex, StragglerCaller caller) {
  return contended(self, mutex, NULL, 0, caller);
}

/// A mutex was taken while the thread holds some already, or where its stack is not known.
static __attribute__((noinline)) int taken_further(StragglerThread *self, pthread_mutex_t *mutex, StragglerCaller caller) {
  StragglerHolding how = {kind_of(mutex), STRAGGLER_MODE_EXCLUSIVE, 0};
  straggler_push_next_hold(self, mutex, how, caller);
  return 0;
}

/// The lock of any mutex.
static __attribute__((noinline)) int lock_any(StragglerThread *self, pthread_mutex_t *mutex, StragglerCaller caller) {
  if (!straggler_mutex_is_plain(self, mutex) || mutex->__data.__owner == self->tid) {
    return lock_by_libc(self, mutex, caller);
  }
  if (!straggler_mutex_take(self, mutex)) return wait_for_plain(self, mutex, caller);
  StragglerHolding how = {kind_of(mutex), STRAGGLER_MODE_EXCLUSIVE, 0};
  return straggler_push_only_hold(self, mutex, how, caller) ? 0 : taken_further(self, mutex, caller);
}

// What is asked about mutex and thread is asked before the lock: after it every instruction makes the lock's section longer. And
// nothing is called on the quick way, nor saved on the stack: less to store before the next atomic operation, which waits for all of
// it.
STRAGGLER_EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex) {
  StragglerThread *self = straggler_known_self();
  StragglerCaller caller = STRAGGLER_CALLER();
  if (self == NULL) return lock_first(mutex, caller);
  self->transit = (uint64_t)mutex;
  bool quick = straggler_mutex_is_usual(mutex) && mutex->__data.__owner != self->tid &&
               straggler_caller_sp(caller) - self->stack_low < self->quick_room;
  if (!quick) return lock_any(self, mutex, caller);
  if (!straggler_mutex_take_usual(self, mutex)) return wait_for_plain(self, mutex, caller);
  StragglerHolding how = {STRAGGLER_RESOURCE_MUTEX, STRAGGLER_MODE_EXCLUSIVE, 0};
  bool early = straggler_push_early_hold(self, mutex, how, caller, straggler_copy_window_by_avx);
  return early ? 0 : taken_further(self, mutex, caller);
}

STRAGGLER_EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_mutex_trylock)(mutex);
  self->transit = (uint64_t)mutex;
  int result = ORIGINAL(pthread_mutex_trylock)(mutex);
  if (result == 0 || result == EOWNERDEAD) taken(self, mutex, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_mutex_timedlock)(mutex, time);
  return lock_until(self, mutex, CLOCK_REALTIME, time, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time) {
  StragglerThread *self = straggler_self();
  // Only a valid clock may be skipped over by the try.
  bool known = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
  if (self == NULL || !known) return ORIGINAL(pthread_mutex_clocklock)(mutex, clock, time);
  return lock_until(self, mutex, clock, time, STRAGGLER_CALLER());
}

/// The unlock of a thread that has no slot yet, or of another lock than the last one that it took.
static __attribute__((noinline)) int unlock_slow(pthread_mutex_t *mutex) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_mutex_unlock)(mutex);
  self->transit = (uint64_t)mutex;
  straggler_pop_hold(self, mutex);
  return KNOWN_ORIGINAL(pthread_mutex_unlock)(mutex);
}

/// The unlock of any mutex.
static __attribute__((noinline)) int unlock_any(StragglerThread *self, pthread_mutex_t *mutex) {
  if (!straggler_pop_only_hold(self, mutex) && !straggler_pop_last_hold(self, mutex)) return unlock_slow(mutex);
  return straggler_mutex_give_back(self, mutex);
}

STRAGGLER_EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  StragglerThread *self = straggler_known_self();
  if (self == NULL) return unlock_slow(mutex);
  self->transit = (uint64_t)mutex;
  // Whose id libc wrote there has it, whoever made the thread.
  bool quick = straggler_mutex_is_usual(mutex) && mutex->__data.__owner == self->tid && straggler_pop_early_hold(self, mutex);
  return quick ? straggler_mutex_give_back_usual(mutex) : unlock_any(self, mutex);
}

STRAGGLER_UNINSTRUMENTED_END
