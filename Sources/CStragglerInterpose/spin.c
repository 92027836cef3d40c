// pthread_spin_*. The first try is what the original begins with as well: only when it fails is there a wait to tell of.
#define _GNU_SOURCE
#include <errno.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static void taken(StragglerThread *self, pthread_spinlock_t *spinlock, StragglerCaller caller) {
  StragglerHolding how = {STRAGGLER_RESOURCE_SPIN_LOCK, STRAGGLER_MODE_EXCLUSIVE, 0};
  straggler_push_hold(self, (const void *)spinlock, how, caller, STRAGGLER_WINDOW);
}

STRAGGLER_EXPORT int pthread_spin_lock(pthread_spinlock_t *spinlock) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_spin_lock)(spinlock);
  int result = ORIGINAL(pthread_spin_trylock)(spinlock);
  if (result == EBUSY) {
    bool begun =
      straggler_begin_wait(self, STRAGGLER_RESOURCE_SPIN_LOCK, 0, (const void *)spinlock, 0, STRAGGLER_CALLER());
    result = ORIGINAL(pthread_spin_lock)(spinlock);
    straggler_end_wait(self, begun);
  }
  if (result == 0 && straggler_guard.recording) taken(self, spinlock, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT int pthread_spin_trylock(pthread_spinlock_t *spinlock) {
  StragglerThread *self = straggler_self();
  int result = ORIGINAL(pthread_spin_trylock)(spinlock);
  if (result == 0 && self != NULL) taken(self, spinlock, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT int pthread_spin_unlock(pthread_spinlock_t *spinlock) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_pop_hold(self, (const void *)spinlock);
  return ORIGINAL(pthread_spin_unlock)(spinlock);
}

STRAGGLER_UNINSTRUMENTED_END
