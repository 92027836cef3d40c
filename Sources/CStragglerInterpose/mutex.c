// pthread_mutex_*: what a thread holds, and what it waits for.
//
// The order matters and was measured: try the lock first, record it once it is taken (a record before it costs half as
// much again), and take the record back before the unlock.
#define _GNU_SOURCE
#include <errno.h>

#include "originals.h"

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
  straggler_push_hold(
    self, mutex, kind_of(mutex), STRAGGLER_MODE_EXCLUSIVE, flags_of(mutex), caller, STRAGGLER_WINDOW);
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
  if (result == 0 || result == EOWNERDEAD) {
    uint16_t flags = flags_of(mutex) | STRAGGLER_HOLD_CONTENDED;
    straggler_push_hold(
      self, mutex, kind_of(mutex), STRAGGLER_MODE_EXCLUSIVE, flags, caller, STRAGGLER_WIDE_WINDOW);
  }
  return result;
}

STRAGGLER_EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_mutex_lock)(mutex);
  self->transit = (uint64_t)mutex;
  int result = ORIGINAL(pthread_mutex_trylock)(mutex);
  if (__builtin_expect(result == 0 || result == EOWNERDEAD, 1)) {
    taken(self, mutex, STRAGGLER_CALLER());
  } else if (result == EBUSY) {
    result = contended(self, mutex, NULL, 0, STRAGGLER_CALLER());
  }
  return result;
}

STRAGGLER_EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_mutex_trylock)(mutex);
  self->transit = (uint64_t)mutex;
  int result = ORIGINAL(pthread_mutex_trylock)(mutex);
  if (result == 0 || result == EOWNERDEAD) taken(self, mutex, STRAGGLER_CALLER());
  return result;
}

static inline __attribute__((always_inline)) int lock_until(
  StragglerThread *self, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time, StragglerCaller caller
) {
  self->transit = (uint64_t)mutex;
  int result = ORIGINAL(pthread_mutex_trylock)(mutex);
  if (result == EBUSY) return contended(self, mutex, time, clock, caller);
  if (result == 0 || result == EOWNERDEAD) taken(self, mutex, caller);
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

STRAGGLER_EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  StragglerThread *self = straggler_self();
  if (self != NULL) {
    self->transit = (uint64_t)mutex;
    straggler_pop_hold(self, mutex);
  }
  return ORIGINAL(pthread_mutex_unlock)(mutex);
}
