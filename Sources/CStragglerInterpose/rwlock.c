// pthread_rwlock_*: both sides.
#define _GNU_SOURCE
#include <errno.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

typedef struct Request {
  pthread_rwlock_t *lock;
  uint8_t mode;
  bool timed;
  clockid_t clock;
  const struct timespec *time;
} Request;

static int try_lock(const Request *request) {
  return request->mode == STRAGGLER_MODE_SHARED ? ORIGINAL(pthread_rwlock_tryrdlock)(request->lock)
                                                : ORIGINAL(pthread_rwlock_trywrlock)(request->lock);
}

static int block(const Request *request) {
  bool shared = request->mode == STRAGGLER_MODE_SHARED;
  if (!request->timed) {
    return shared ? ORIGINAL(pthread_rwlock_rdlock)(request->lock) : ORIGINAL(pthread_rwlock_wrlock)(request->lock);
  }
  if (request->clock == CLOCK_REALTIME) {
    return shared ? ORIGINAL(pthread_rwlock_timedrdlock)(request->lock, request->time)
                  : ORIGINAL(pthread_rwlock_timedwrlock)(request->lock, request->time);
  }
  return shared ? ORIGINAL(pthread_rwlock_clockrdlock)(request->lock, request->clock, request->time)
                : ORIGINAL(pthread_rwlock_clockwrlock)(request->lock, request->clock, request->time);
}

static inline __attribute__((always_inline)) void taken(
  StragglerThread *self, pthread_rwlock_t *rwlock, uint8_t mode, StragglerCaller caller
) {
  StragglerHolding how = {STRAGGLER_RESOURCE_READ_WRITE_LOCK, mode, 0};
  straggler_push_hold(self, rwlock, how, caller, STRAGGLER_WINDOW);
}

/// Blocks where it has to. A reader's try may fail for a moment in which the lock is not held exclusively (EAGAIN: too many
/// readers): only EBUSY is a wait.
static __attribute__((noinline)) int lock(Request request, StragglerCaller caller) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return block(&request);
  // A time or a clock that libc refuses, it refuses also where the lock is free.
  bool valid = !request.timed || ((request.clock == CLOCK_REALTIME || request.clock == CLOCK_MONOTONIC) &&
                                  (uint64_t)request.time->tv_nsec < 1000000000);
  int result = valid ? try_lock(&request) : block(&request);
  if (result == EBUSY) {
    bool begun = straggler_begin_wait(
      self, STRAGGLER_RESOURCE_READ_WRITE_LOCK, request.mode | (request.timed ? STRAGGLER_MODE_TIMED : 0), request.lock,
      0, caller);
    result = block(&request);
    straggler_end_wait(self, begun);
  }
  if (result == 0 && straggler_guard.recording) taken(self, request.lock, request.mode, caller);
  return result;
}

static int try_only(Request request, StragglerCaller caller) {
  StragglerThread *self = straggler_self();
  int result = try_lock(&request);
  if (result == 0 && self != NULL) taken(self, request.lock, request.mode, caller);
  return result;
}

// The two that are called most have a short way for what is free; what is not is tried once more on the long one.

STRAGGLER_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *rwlock) {
  StragglerThread *self = straggler_known_self();
  if (self == NULL || KNOWN_ORIGINAL(pthread_rwlock_tryrdlock)(rwlock) != 0) {
    return lock((Request){.lock = rwlock, .mode = STRAGGLER_MODE_SHARED}, STRAGGLER_CALLER());
  }
  taken(self, rwlock, STRAGGLER_MODE_SHARED, STRAGGLER_CALLER());
  return 0;
}

STRAGGLER_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *rwlock) {
  StragglerThread *self = straggler_known_self();
  if (self == NULL || KNOWN_ORIGINAL(pthread_rwlock_trywrlock)(rwlock) != 0) {
    return lock((Request){.lock = rwlock, .mode = STRAGGLER_MODE_EXCLUSIVE}, STRAGGLER_CALLER());
  }
  taken(self, rwlock, STRAGGLER_MODE_EXCLUSIVE, STRAGGLER_CALLER());
  return 0;
}

STRAGGLER_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t *rwlock) {
  return try_only((Request){.lock = rwlock, .mode = STRAGGLER_MODE_SHARED}, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t *rwlock) {
  return try_only((Request){.lock = rwlock, .mode = STRAGGLER_MODE_EXCLUSIVE}, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *rwlock, const struct timespec *time) {
  return lock((Request){rwlock, STRAGGLER_MODE_SHARED, true, CLOCK_REALTIME, time}, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *rwlock, const struct timespec *time) {
  return lock((Request){rwlock, STRAGGLER_MODE_EXCLUSIVE, true, CLOCK_REALTIME, time}, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t *rwlock, clockid_t clock, const struct timespec *time) {
  return lock((Request){rwlock, STRAGGLER_MODE_SHARED, true, clock, time}, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t *rwlock, clockid_t clock, const struct timespec *time) {
  return lock((Request){rwlock, STRAGGLER_MODE_EXCLUSIVE, true, clock, time}, STRAGGLER_CALLER());
}

/// The readers stand above the three lowest bits of the word, those that wait for a writer included while the first bit is set
/// (nptl/pthread_rwlock_common.c, PTHREAD_RWLOCK_READER_SHIFT and PTHREAD_RWLOCK_WRPHASE).
static bool has_more_readers(const pthread_rwlock_t *rwlock) {
  unsigned word = __atomic_load_n(&rwlock->__data.__readers, __ATOMIC_RELAXED);
  return !(word & 1) && word >> 3 > 1;
}

/// The unlock of a thread that has no slot yet, or that holds more than this one lock. Of several readers it may give back its own
/// part, which was not seen being taken: then nobody else's is over.
static __attribute__((noinline)) int unlock_slow(pthread_rwlock_t *rwlock) {
  StragglerThread *self = straggler_self();
  if (self != NULL && has_more_readers(rwlock)) straggler_pop_hold(self, rwlock);
  else if (self != NULL) straggler_pop_unnamed_hold(self, rwlock);
  return ORIGINAL(pthread_rwlock_unlock)(rwlock);
}

STRAGGLER_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *rwlock) {
  StragglerThread *self = straggler_known_self();
  if (self == NULL || !straggler_pop_only_hold(self, rwlock)) return unlock_slow(rwlock);
  return KNOWN_ORIGINAL(pthread_rwlock_unlock)(rwlock);
}

STRAGGLER_UNINSTRUMENTED_END
