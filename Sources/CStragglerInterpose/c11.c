// mtx_*: C11's mutexes. They are pthread_mutex_t inside (glibc, sysdeps/nptl/thrd_priv.h), taken by calls that no other
// wrapper sees.
#define _GNU_SOURCE
#include <threads.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static uint8_t kind_of(const mtx_t *mutex) {
  const pthread_mutex_t *inside = (const pthread_mutex_t *)mutex;
  return (inside->__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP ? STRAGGLER_RESOURCE_RECURSIVE_MUTEX
                                                                   : STRAGGLER_RESOURCE_MUTEX;
}

static void taken(StragglerThread *self, const mtx_t *mutex, uint16_t flags, StragglerCaller caller) {
  StragglerHolding how = {kind_of(mutex), STRAGGLER_MODE_EXCLUSIVE, flags};
  straggler_push_hold(self, mutex, how, caller, flags == 0 ? STRAGGLER_WINDOW : STRAGGLER_WIDE_WINDOW);
}

/// The lock is somebody else's. Without a `time` for as long as it takes.
static int contended(StragglerThread *self, mtx_t *mutex, const struct timespec *time, StragglerCaller caller) {
  uint8_t mode = time != NULL ? STRAGGLER_MODE_TIMED : 0;
  bool begun = straggler_begin_wait(self, kind_of(mutex), mode, mutex, 0, caller);
  int result = time != NULL ? ORIGINAL(mtx_timedlock)(mutex, time) : ORIGINAL(mtx_lock)(mutex);
  straggler_end_wait(self, begun);
  if (result == thrd_success && straggler_guard.recording) taken(self, mutex, STRAGGLER_HOLD_CONTENDED, caller);
  return result;
}

static int lock(StragglerThread *self, mtx_t *mutex, const struct timespec *time, StragglerCaller caller) {
  self->transit = (uint64_t)mutex;
  int result = ORIGINAL(mtx_trylock)(mutex);
  if (result == thrd_busy) return contended(self, mutex, time, caller);
  if (result == thrd_success) taken(self, mutex, 0, caller);
  return result;
}

STRAGGLER_EXPORT int mtx_lock(mtx_t *mutex) {
  StragglerThread *self = straggler_self();
  return self == NULL ? ORIGINAL(mtx_lock)(mutex) : lock(self, mutex, NULL, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mtx_timedlock(mtx_t *mutex, const struct timespec *time) {
  StragglerThread *self = straggler_self();
  return self == NULL ? ORIGINAL(mtx_timedlock)(mutex, time) : lock(self, mutex, time, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int mtx_trylock(mtx_t *mutex) {
  StragglerThread *self = straggler_self();
  if (self != NULL) self->transit = (uint64_t)mutex;
  int result = ORIGINAL(mtx_trylock)(mutex);
  if (self != NULL && result == thrd_success) taken(self, mutex, 0, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT int mtx_unlock(mtx_t *mutex) {
  StragglerThread *self = straggler_self();
  if (self != NULL) {
    self->transit = (uint64_t)mutex;
    straggler_pop_hold(self, mutex);
  }
  return ORIGINAL(mtx_unlock)(mutex);
}

STRAGGLER_UNINSTRUMENTED_END
