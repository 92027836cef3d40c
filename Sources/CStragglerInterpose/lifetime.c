// Locks that are made and destroyed: whoever had an earlier lock at that address has it no longer.
//
// pthread_mutex_destroy of a locked mutex fails with EBUSY: that one is still held. A lock that was freed in a thread's
// hand is known by the next one that is made where it was.
#define _GNU_SOURCE
#include <threads.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// Read before the call, which overwrites it. A lock that was never made reads as anything: then there is more to
/// search.
static bool mutex_looks_held(const pthread_mutex_t *mutex) {
  return mutex->__data.__lock != 0 && mutex->__data.__owner != 0;
}

static bool rwlock_looks_held(const pthread_rwlock_t *lock) {
  return lock->__data.__readers != 0 || lock->__data.__cur_writer != 0;
}

/// Runs `call`, after which nobody holds `lock` if it succeeds.
#define RENEWING(lock, looks_held, call)                                    \
  StragglerThread *self = straggler_self();                                 \
  if (self == NULL) return call;                                            \
  bool held = looks_held;                                                   \
  int result = call;                                                        \
  if (result == 0) straggler_forget_lock(self, lock, held);                 \
  return result;

_Static_assert(thrd_success == 0, "C11's calls succeed with 0 as well");

STRAGGLER_EXPORT int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
  RENEWING(mutex, mutex_looks_held(mutex), ORIGINAL(pthread_mutex_init)(mutex, attributes))
}

STRAGGLER_EXPORT int pthread_mutex_destroy(pthread_mutex_t *mutex) {
  RENEWING(mutex, mutex_looks_held(mutex), ORIGINAL(pthread_mutex_destroy)(mutex))
}

STRAGGLER_EXPORT int mtx_init(mtx_t *mutex, int type) {
  RENEWING(mutex, mutex_looks_held((const pthread_mutex_t *)mutex), ORIGINAL(mtx_init)(mutex, type))
}

STRAGGLER_EXPORT int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes) {
  RENEWING(lock, rwlock_looks_held(lock), ORIGINAL(pthread_rwlock_init)(lock, attributes))
}

STRAGGLER_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *lock) {
  RENEWING(lock, rwlock_looks_held(lock), ORIGINAL(pthread_rwlock_destroy)(lock))
}

// A spin lock's memory says nothing: a taken one is 0, as fresh memory is.

STRAGGLER_EXPORT int pthread_spin_init(pthread_spinlock_t *lock, int shared) {
  RENEWING((const void *)lock, false, ORIGINAL(pthread_spin_init)(lock, shared))
}

STRAGGLER_EXPORT int pthread_spin_destroy(pthread_spinlock_t *lock) {
  RENEWING((const void *)lock, false, ORIGINAL(pthread_spin_destroy)(lock))
}

STRAGGLER_UNINSTRUMENTED_END
