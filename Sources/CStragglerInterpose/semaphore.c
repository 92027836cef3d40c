// sem_*: recorded as locks where they are used as such, and as what is waited for.
#define _GNU_SOURCE
#include <errno.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

STRAGGLER_EXPORT int sem_init(sem_t *semaphore, int shared, unsigned value) {
  int result = ORIGINAL(sem_init)(semaphore, shared, value);
  StragglerThread *self = result == 0 ? straggler_self() : NULL;
  if (self != NULL) straggler_semaphore_made(self, semaphore, value);
  return result;
}

STRAGGLER_EXPORT int sem_destroy(sem_t *semaphore) {
  if (straggler_self() != NULL) straggler_semaphore_destroyed(semaphore);
  return ORIGINAL(sem_destroy)(semaphore);
}

/// Runs `call`, a wait of the calling thread, and records the token that it brought. A try first, as for a mutex, would be
/// one system call's worth of errno to mend for nothing: semaphores are mostly waited for.
#define WAITING(mode, call)                                                                                      \
  StragglerThread *self = straggler_self();                                                                       \
  if (self == NULL) return call;                                                                                  \
  bool begun = straggler_begin_wait(self, STRAGGLER_RESOURCE_SEMAPHORE, mode, semaphore, 0, STRAGGLER_CALLER());   \
  int result = call;                                                                                              \
  straggler_end_wait(self, begun);                                                                                \
  if (result == 0) straggler_semaphore_taken(self, semaphore, STRAGGLER_CALLER());                                \
  return result;

STRAGGLER_EXPORT int sem_wait(sem_t *semaphore) { WAITING(0, ORIGINAL(sem_wait)(semaphore)) }

STRAGGLER_EXPORT int sem_timedwait(sem_t *semaphore, const struct timespec *time) {
  WAITING(STRAGGLER_MODE_TIMED, ORIGINAL(sem_timedwait)(semaphore, time))
}

STRAGGLER_EXPORT int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *time) {
  WAITING(STRAGGLER_MODE_TIMED, ORIGINAL(sem_clockwait)(semaphore, clock, time))
}

STRAGGLER_EXPORT int sem_trywait(sem_t *semaphore) {
  int result = ORIGINAL(sem_trywait)(semaphore);
  StragglerThread *self = result == 0 ? straggler_self() : NULL;
  if (self != NULL) straggler_semaphore_taken(self, semaphore, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT int sem_post(sem_t *semaphore) {
  // Before the call: after it another thread may have taken the token already.
  if (straggler_self() != NULL) straggler_semaphore_posted(semaphore);
  return ORIGINAL(sem_post)(semaphore);
}

STRAGGLER_UNINSTRUMENTED_END
