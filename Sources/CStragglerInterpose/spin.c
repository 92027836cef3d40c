// pthread_spin_*. The first try is what the original begins with as well: only when it fails is there a wait to tell of.
#define _GNU_SOURCE
#include <errno.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static inline __attribute__((always_inline)) void taken(
  StragglerThread *self, pthread_spinlock_t *spinlock, StragglerCaller caller
) {
  StragglerHolding how = {STRAGGLER_RESOURCE_SPIN_LOCK, STRAGGLER_MODE_EXCLUSIVE, 0};
  straggler_push_hold(self, (const void *)spinlock, how, caller, STRAGGLER_WINDOW);
}

/// Somebody else has it: says so, spins, and records it.
static __attribute__((noinline)) int contended(
  StragglerThread *self, pthread_spinlock_t *spinlock, StragglerCaller caller
) {
  bool begun = straggler_begin_wait(self, STRAGGLER_RESOURCE_SPIN_LOCK, 0, (const void *)spinlock, 0, caller);
  int result = ORIGINAL(pthread_spin_lock)(spinlock);
  straggler_end_wait(self, begun);
  if (result == 0 && straggler_guard.recording) taken(self, spinlock, caller);
  return result;
}

/// The lock of a thread that may have no slot yet.
static __attribute__((noinline)) int lock_first(pthread_spinlock_t *spinlock, StragglerCaller caller) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_spin_lock)(spinlock);
  int result = ORIGINAL(pthread_spin_trylock)(spinlock);
  if (result == EBUSY) return contended(self, spinlock, caller);
  if (result == 0) taken(self, spinlock, caller);
  return result;
}

// As pthread_mutex_lock is written, and for the same reasons (mutex.c).
STRAGGLER_EXPORT int pthread_spin_lock(pthread_spinlock_t *spinlock) {
  StragglerThread *self = straggler_known_self();
  if (self == NULL) return lock_first(spinlock, STRAGGLER_CALLER());
  int result = KNOWN_ORIGINAL(pthread_spin_trylock)(spinlock);
  if (__builtin_expect(result != 0, 0)) return contended(self, spinlock, STRAGGLER_CALLER());
  taken(self, spinlock, STRAGGLER_CALLER());
  return 0;
}

STRAGGLER_EXPORT int pthread_spin_trylock(pthread_spinlock_t *spinlock) {
  StragglerThread *self = straggler_self();
  int result = ORIGINAL(pthread_spin_trylock)(spinlock);
  if (result == 0 && self != NULL) taken(self, spinlock, STRAGGLER_CALLER());
  return result;
}

/// The unlock of a thread that has no slot yet, or that holds more than this one lock.
static __attribute__((noinline)) int unlock_slow(pthread_spinlock_t *spinlock) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_pop_unnamed_hold(self, (const void *)spinlock);
  return ORIGINAL(pthread_spin_unlock)(spinlock);
}

STRAGGLER_EXPORT int pthread_spin_unlock(pthread_spinlock_t *spinlock) {
  StragglerThread *self = straggler_known_self();
  if (self == NULL || !straggler_pop_only_hold(self, (const void *)spinlock)) return unlock_slow(spinlock);
  return KNOWN_ORIGINAL(pthread_spin_unlock)(spinlock);
}

STRAGGLER_UNINSTRUMENTED_END
