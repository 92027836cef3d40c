// sem_*: recorded as locks where they are used as such, and as what is waited for.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

#include "originals.h"
#include "straggler.h"

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

/// A named semaphore that another process made before may have been made with another value, and be used for something
/// else: only its value now can say that it is not.
static bool begins_with_one_token(sem_t *semaphore, int flags, unsigned value) {
  int now = 0;
  return (flags & O_CREAT) && value == 1 && sem_getvalue(semaphore, &now) == 0 && now == 1;
}

STRAGGLER_EXPORT sem_t *sem_open(const char *name, int flags, ...) {
  // They are there only if the flags ask for them (sem_open(3)), and then only looked at.
  mode_t mode = 0;
  unsigned value = 0;
  if (flags & O_CREAT) {
    va_list list;
    va_start(list, flags);
    mode = va_arg(list, mode_t);
    value = va_arg(list, unsigned);
    va_end(list);
  }
  sem_t *semaphore = ORIGINAL(sem_open)(name, flags, mode, value);
  StragglerThread *self = semaphore != SEM_FAILED ? straggler_self() : NULL;
  // A process that opens it again gets the same address.
  if (self == NULL || straggler_semaphore_is_known(semaphore)) return semaphore;
  if (!begins_with_one_token(semaphore, flags, value)) return semaphore;
  straggler_semaphore_made(self, semaphore, value);
  straggler_record_lock_set_name(semaphore, name);
  return semaphore;
}

STRAGGLER_EXPORT int sem_close(sem_t *semaphore) {
  int result = ORIGINAL(sem_close)(semaphore);
  // The last close of several takes its memory away.
  if (result == 0 && straggler_self() != NULL && straggler_semaphore_is_gone(semaphore)) {
    straggler_semaphore_destroyed(semaphore);
    straggler_record_lock_forget_name(semaphore);
  }
  return result;
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
