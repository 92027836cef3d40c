// pthread_cond_* and cnd_*: a wait gives its mutex back and takes it again inside libc, where no interposed call shows
// it.
//
// A cancelled wait does not return here. It leaves a wait record, which the reader disbelieves by its stack pointer, and the
// mark on the hold, which the mutex's own owner field overrules; the next unlock takes both away.
#define _GNU_SOURCE
#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

typedef struct Pause {
  StragglerThread *self;
  pthread_mutex_t *mutex;
  bool begun;
} Pause;

static Pause give_up(pthread_cond_t *condition, pthread_mutex_t *mutex, bool timed, StragglerCaller caller) {
  Pause pause = {straggler_self(), mutex, false};
  if (pause.self == NULL) return pause;
  pause.self->transit = (uint64_t)mutex;
  StragglerHold *hold = straggler_find_hold(pause.self, mutex);
  if (hold != NULL) hold->flags |= STRAGGLER_HOLD_WAITING;
  pause.begun = straggler_begin_wait(
    pause.self, STRAGGLER_RESOURCE_CONDITION, timed ? STRAGGLER_MODE_TIMED : 0, condition, (uint64_t)mutex, caller);
  return pause;
}

static void take_back(Pause pause) {
  if (pause.self == NULL) return;
  straggler_end_wait(pause.self, pause.begun);
  // Looked for again: it may have moved, where a signal's handler gave locks back meanwhile.
  StragglerHold *hold = straggler_find_hold(pause.self, pause.mutex);
  // libc took the mutex anew: it names the thread by its present id.
  if (hold != NULL) hold->flags &= (uint16_t)~(STRAGGLER_HOLD_WAITING | STRAGGLER_HOLD_INHERITED);
}

STRAGGLER_EXPORT int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  Pause pause = give_up(condition, mutex, false, STRAGGLER_CALLER());
  int result = ORIGINAL(pthread_cond_wait)(condition, mutex);
  take_back(pause);
  return result;
}

STRAGGLER_EXPORT int pthread_cond_timedwait(
  pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time
) {
  Pause pause = give_up(condition, mutex, true, STRAGGLER_CALLER());
  int result = ORIGINAL(pthread_cond_timedwait)(condition, mutex, time);
  take_back(pause);
  return result;
}

STRAGGLER_EXPORT int pthread_cond_clockwait(
  pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time
) {
  Pause pause = give_up(condition, mutex, true, STRAGGLER_CALLER());
  int result = ORIGINAL(pthread_cond_clockwait)(condition, mutex, clock, time);
  take_back(pause);
  return result;
}

// MARK: - C11's, which are the same inside (glibc, sysdeps/nptl/thrd_priv.h)

STRAGGLER_EXPORT int cnd_wait(cnd_t *condition, mtx_t *mutex) {
  Pause pause = give_up((pthread_cond_t *)condition, (pthread_mutex_t *)mutex, false, STRAGGLER_CALLER());
  int result = ORIGINAL(cnd_wait)(condition, mutex);
  take_back(pause);
  return result;
}

STRAGGLER_EXPORT int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *time) {
  Pause pause = give_up((pthread_cond_t *)condition, (pthread_mutex_t *)mutex, true, STRAGGLER_CALLER());
  int result = ORIGINAL(cnd_timedwait)(condition, mutex, time);
  take_back(pause);
  return result;
}

STRAGGLER_UNINSTRUMENTED_END
