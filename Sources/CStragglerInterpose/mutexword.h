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

/// Points to what says whether the process has a second thread: libc's __libc_single_threaded (sys/single_threaded.h), or a constant
/// that says it has, where that can't be relied on. STRAGGLER_MUTEXES_UNKNOWN where libc's mutexes are not as described here, or somebody
/// besides libc wants to see them taken, or that is not known yet.
extern const char *straggler_single_threaded;
enum { STRAGGLER_SECOND_THREAD = 0, STRAGGLER_MUTEXES_UNKNOWN = 2 };
/// Finds that out: tries libc's functions on mutexes of its own. To be called once, when the recorder has started.
void straggler_know_mutexes(void);
/// Wakes a thread that waits for the mutex. Returns 0, as the unlock does.
int straggler_mutex_wake(const pthread_mutex_t *mutex);

#pragma GCC visibility pop

/// The kind without what makes no difference here: a mutex that was asked to be PTHREAD_MUTEX_NORMAL has PTHREAD_MUTEX_NO_ELISION_NP
/// (nptl/pthreadP.h).
static inline __attribute__((always_inline)) unsigned straggler_mutex_kind(const pthread_mutex_t *mutex) {
  const unsigned no_elision = 512;
  return (unsigned)mutex->__data.__kind & ~no_elision;
}

/// A normal or a recursive one: not robust, shared or elided, without a protocol. And a thread that libc knows by the same id.
static inline __attribute__((always_inline)) bool straggler_mutex_is_plain(
  const StragglerThread *self, const pthread_mutex_t *mutex
) {
  return *straggler_single_threaded != STRAGGLER_MUTEXES_UNKNOWN && (self->flags & STRAGGLER_THREAD_OF_LIBC) &&
         straggler_mutex_kind(mutex) <= PTHREAD_MUTEX_RECURSIVE_NP;
}

/// What most are: a plain one that is not recursive. (Of the thread nothing is said.)
static inline __attribute__((always_inline)) bool straggler_mutex_is_usual(const pthread_mutex_t *mutex) {
  return straggler_mutex_kind(mutex) == PTHREAD_MUTEX_TIMED_NP && *straggler_single_threaded != STRAGGLER_MUTEXES_UNKNOWN;
}

static inline __attribute__((always_inline)) bool straggler_mutex_is_recursive(const pthread_mutex_t *plain) {
  return (plain->__data.__kind & PTHREAD_MUTEX_RECURSIVE_NP) != 0;
}

/// What stands beside the word of a mutex that was just taken.
static inline __attribute__((always_inline)) void straggler_mutex_own(const StragglerThread *self, pthread_mutex_t *plain) {
  plain->__data.__owner = self->tid;
  plain->__data.__nusers += 1;
}

/// The same for one that is about to be given back.
static inline __attribute__((always_inline)) void straggler_mutex_disown(pthread_mutex_t *plain) {
  plain->__data.__owner = 0;
  plain->__data.__nusers -= 1;
}

/// Takes a usual mutex, which the thread has not yet, as pthread_mutex_lock does. False where somebody else has it.
static inline __attribute__((always_inline)) bool straggler_mutex_take_usual(StragglerThread *self, pthread_mutex_t *usual) {
  if (*straggler_single_threaded == STRAGGLER_SECOND_THREAD) {
    int free = 0;
    if (!__atomic_compare_exchange_n(&usual->__data.__lock, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return false;
  } else {
    if (usual->__data.__lock != 0) return false;
    usual->__data.__lock = 1;
  }
  straggler_mutex_own(self, usual);
  return true;
}

/// The same for any plain mutex.
static inline __attribute__((always_inline)) bool straggler_mutex_take(StragglerThread *self, pthread_mutex_t *plain) {
  if (!straggler_mutex_take_usual(self, plain)) return false;
  if (straggler_mutex_is_recursive(plain)) plain->__data.__count = 1;
  return true;
}

/// Gives a usual mutex back, which the thread has, as pthread_mutex_unlock does. Returns 0.
static inline __attribute__((always_inline)) int straggler_mutex_give_back_usual(pthread_mutex_t *usual) {
  bool alone = *straggler_single_threaded != STRAGGLER_SECOND_THREAD;
  straggler_mutex_disown(usual);
  if (alone) {
    usual->__data.__lock = 0;
    return 0;
  }
  // From here on the mutex may be gone.
  return __atomic_exchange_n(&usual->__data.__lock, 0, __ATOMIC_RELEASE) > 1 ? straggler_mutex_wake(usual) : 0;
}

/// As pthread_mutex_unlock.
static inline __attribute__((always_inline)) int straggler_mutex_give_back(
  const StragglerThread *self, pthread_mutex_t *mutex
) {
  bool last = straggler_mutex_is_plain(self, mutex) && mutex->__data.__owner == self->tid && mutex->__data.__count <= 1;
  if (!last) return KNOWN_ORIGINAL(pthread_mutex_unlock)(mutex);
  mutex->__data.__count = 0;
  return straggler_mutex_give_back_usual(mutex);
}

STRAGGLER_UNINSTRUMENTED_END

#endif
