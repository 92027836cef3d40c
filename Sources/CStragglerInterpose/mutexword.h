// glibc's mutexes of the common kinds, taken and given back right here: glibc's own stores, without the way there.
//
// The layout is public (bits/struct_mutex.h). What the words mean is not, but has been the same since glibc 2.34 and before
// (nptl/pthread_mutex_lock.c, pthread_mutex_trylock.c, pthread_mutex_unlock.c); libc itself is asked at the start. What that is
// worth: an observed lock and unlock takes 1.3 to 1.5 times as long as alone in place of 1.75 to 2 (docs/benchmarks.md). The
// try that would be called else has its atomic operation in a process with one thread too, where glibc's lock leaves it out.
#ifndef STRAGGLER_MUTEXWORD_H
#define STRAGGLER_MUTEXWORD_H

#include "originals.h"

#pragma GCC visibility push(hidden)

/// Whether libc's mutexes are as described here, and nobody but libc wants to see them taken.
extern uint32_t straggler_mutexes_are_known;
/// Finds that out: tries libc's functions on a mutex of its own. To be called once, when the recorder has started.
void straggler_know_mutexes(void);
/// Wakes a thread that waits for the mutex. Returns 0, as the unlock does.
int straggler_mutex_wake(const pthread_mutex_t *mutex);

#pragma GCC visibility pop

/// Since glibc 2.32: whether the process has no second thread (sys/single_threaded.h). Looked at only where mutexes are known.
extern char __libc_single_threaded __attribute__((weak, visibility("default")));

/// A normal or a recursive one: not robust, shared or elided, without a protocol. One that was asked to be PTHREAD_MUTEX_NORMAL has
/// PTHREAD_MUTEX_NO_ELISION_NP besides (nptl/pthreadP.h).
static inline __attribute__((always_inline)) bool straggler_mutex_is_plain(const pthread_mutex_t *mutex) {
  const unsigned no_elision = 512;
  return straggler_mutexes_are_known &&
         ((unsigned)mutex->__data.__kind & ~no_elision) <= PTHREAD_MUTEX_RECURSIVE_NP;
}

static inline bool straggler_mutex_is_recursive(const pthread_mutex_t *plain) {
  return (plain->__data.__kind & PTHREAD_MUTEX_RECURSIVE_NP) != 0;
}

/// Takes a plain mutex, which the thread has not yet, as pthread_mutex_trylock does. False where somebody else has it.
static inline __attribute__((always_inline)) bool straggler_mutex_take(StragglerThread *self, pthread_mutex_t *plain) {
  if (__libc_single_threaded) {
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
  bool last = straggler_mutex_is_plain(mutex) && mutex->__data.__owner == self->tid && mutex->__data.__count <= 1;
  if (!last) return KNOWN_ORIGINAL(pthread_mutex_unlock)(mutex);
  mutex->__data.__count = 0;
  mutex->__data.__owner = 0;
  mutex->__data.__nusers -= 1;
  if (__libc_single_threaded) {
    mutex->__data.__lock = 0;
    return 0;
  }
  // From here on the mutex may be gone.
  return __atomic_exchange_n(&mutex->__data.__lock, 0, __ATOMIC_RELEASE) > 1 ? straggler_mutex_wake(mutex) : 0;
}

#endif
