// Barriers and once-routines: nobody holds them, but threads wait for them.
#define _GNU_SOURCE
#include <threads.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

STRAGGLER_EXPORT int pthread_barrier_wait(pthread_barrier_t *barrier) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_barrier_wait)(barrier);
  bool begun = straggler_begin_wait(self, STRAGGLER_RESOURCE_BARRIER, 0, barrier, 0, STRAGGLER_CALLER());
  int result = ORIGINAL(pthread_barrier_wait)(barrier);
  straggler_end_wait(self, begun);
  return result;
}

// MARK: - Once

// The control word (nptl/pthreadP.h): bit 0 while somebody runs the routine, 2 once that is done.

static bool is_done(const int *control) { return __atomic_load_n(control, __ATOMIC_ACQUIRE) == 2; }

static bool is_in_progress(const int *control) { return __atomic_load_n(control, __ATOMIC_ACQUIRE) & 1; }

/// What a thread that is not the first one would run, had the first one not come to its end: it may have been cancelled, or have
/// stayed behind in a fork's parent.
static void run_routine(void) {
  StragglerThread *self = straggler_self();
  if (self == NULL) {
    // The record was completed since the thread asked: what for still stands in its slot.
    if (straggler_is_slot(straggler_current)) ((void (*)(void))straggler_current->once_routine)();
    return;
  }
  if (self->wait.kind == STRAGGLER_RESOURCE_ONCE) straggler_end_wait(self, true);
  StragglerCaller caller = STRAGGLER_CALLER();
  const uint64_t outer[3] = {self->once_running, self->once_sp, self->once_pc};
  self->once_sp = straggler_caller_sp(caller);
  self->once_pc = straggler_caller_pc(caller);
  __atomic_store_n(&self->once_running, self->once_control, __ATOMIC_RELEASE);
  ((void (*)(void))self->once_routine)();
  self->once_sp = outer[1];
  self->once_pc = outer[2];
  __atomic_store_n(&self->once_running, outer[0], __ATOMIC_RELEASE);
}

/// What the thread asked for before: a signal's handler may ask in the middle of this.
typedef struct Asked {
  uint64_t routine, control;
  bool begun;
} Asked;

static Asked ask(StragglerThread *self, const int *control, void (*routine)(void), StragglerCaller caller) {
  Asked before = {self->once_routine, self->once_control, false};
  self->once_routine = (uint64_t)routine;
  self->once_control = (uint64_t)control;
  if (is_in_progress(control)) before.begun = straggler_begin_wait(self, STRAGGLER_RESOURCE_ONCE, 0, control, 0, caller);
  return before;
}

static void answer(StragglerThread *self, Asked before) {
  straggler_end_wait(self, before.begun);
  self->once_routine = before.routine;
  self->once_control = before.control;
}

STRAGGLER_EXPORT int pthread_once(pthread_once_t *control, void (*routine)(void)) {
  StragglerThread *self = is_done(control) ? NULL : straggler_self();
  if (self == NULL) return ORIGINAL(pthread_once)(control, routine);
  Asked before = ask(self, control, routine, STRAGGLER_CALLER());
  int result = ORIGINAL(pthread_once)(control, run_routine);
  answer(self, before);
  return result;
}

STRAGGLER_EXPORT void call_once(once_flag *flag, void (*routine)(void)) {
  StragglerThread *self = is_done((const int *)flag) ? NULL : straggler_self();
  if (self == NULL) {
    ORIGINAL(call_once)(flag, routine);
    return;
  }
  Asked before = ask(self, (const int *)flag, routine, STRAGGLER_CALLER());
  ORIGINAL(call_once)(flag, run_routine);
  answer(self, before);
}

STRAGGLER_UNINSTRUMENTED_END
