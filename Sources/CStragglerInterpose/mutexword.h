// glibc's mutexes of the common kinds, taken and given back right here: glibc's own stores, without the way there.
//
// The layout is public (bits/struct_mutex.h). What the words mean is not, but has been the same in glibc 2.34 and later
// (nptl/pthread_mutex_lock.c, pthread_mutex_unlock.c), and libc itself is asked at the start. What that is worth stands in
// docs/benchmarks.md. What is attached to libc's functions by their place in memory (uprobes, libc's own probe points, a debugger's
// breakpoint) does not see these locks.
#ifndef STRAGGLER_MUTEXWORD_H
#define STRAGGLER_MUTEXWORD_H

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

#pragma GCC visibility push(hidden)

/// What says whether the process has no second thread: libc's __libc_single_threaded (sys/single_threaded.h), or a 0 where it can't be
/// relied on. NULL where libc's mutexes are not as described here, or somebody besides libc wants to see them taken, or that is not
/// known yet.
extern const char *straggler_single_threaded;
/// Finds that out: tries libc's functions on mutexes of its own. To be called once, when the recorder has started.
void straggler_know_mutexes(void);
/// Wakes a thread that waits for the mutex. Returns 0, as the unlock does.
int straggler_mutex_wake(const pthread_mutex_t *mutex);

#pragma GCC visibility pop

/// A normal or a recursive one: not robust, shared or elided, without a protocol. One that was asked to be PTHREAD_MUTEX_NORMAL has
/// PTHREAD_MUTEX_NO_ELISION_NP besides (nptl/pthreadP.h). And a thread that libc knows by the same id.
static inline __attribute__((always_inline)) bool straggler_mutex_is_plain(
  const StragglerThread *self, const pthread_mutex_t *mutex
) {
  const unsigned no_elision = 512;
  return straggler_single_threaded != NULL && (self->flags & STRAGGLER_THREAD_OF_LIBC) &&
         ((unsigned)mutex->__data.__kind & ~no_elision) <= PTHREAD_MUTEX_RECURSIVE_NP;
}

static inline __attribute__((always_inline)) bool straggler_mutex_is_recursive(const pthread_mutex_t *plain) {
  return (plain->__data.__kind & PTHREAD_MUTEX_RECURSIVE_NP) != 0;
}

/// Takes a plain mutex, which the thread has not yet, as pthread_mutex_lock does. False where somebody else has it.
static inline __attribute__((always_inline)) bool straggler_mutex_take(StragglerThread *self, pthread_mutex_t *plain) {
  if (*straggler_single_threaded) {
    if (plain->__data.__lock != 0) return false;
    plain->__data.__lock = 1;
  } else {
    int free = 0;
    if (!__atomic_compare_exchange_n(&plain->__data.__lock, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
      return false;
    }
  }
  if (straggler_mutex_is_recursive(plain)) plain->__data.__count = 1;
  plain->__data.__owner = self->tid;
  plain->__data.__nusers += 1;
  return true;
}

/// As pthread_mutex_unlock.
static inline __attribute__((always_inline)) int straggler_mutex_give_back(
  const StragglerThread *self, pthread_mutex_t *mutex
) {
  bool last = straggler_mutex_is_plain(self, mutex) && mutex->__data.__owner == self->tid && mutex->__data.__count <= 1;
  if (!last) return KNOWN_ORIGINAL(pthread_mutex_unlock)(mutex);
  mutex->__data.__count = 0;
  mutex->__data.__owner = 0;
  mutex->__data.__nusers -= 1;
  if (*straggler_single_threaded) {
    mutex->__data.__lock = 0;
    return 0;
  }
  // From here on the mutex may be gone.
  return __atomic_exchange_n(&mutex->__data.__lock, 0, __ATOMIC_RELEASE) > 1 ? straggler_mutex_wake(mutex) : 0;
}

STRAGGLER_UNINSTRUMENTED_END

#endif
