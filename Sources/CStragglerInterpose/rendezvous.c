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

/// Somebody is running the routine: bit 0 of the control word (nptl/pthreadP.h, __PTHREAD_ONCE_INPROGRESS). Then a
/// caller waits. Else it runs the routine itself, or finds it done, and that is no wait.
static bool is_in_progress(const int *control) { return __atomic_load_n(control, __ATOMIC_ACQUIRE) & 1; }

/// The routine of a caller that began as a waiter: who ran it was cancelled, or stayed behind in a fork's parent.
static void run_after_all(void) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return;
  void (*routine)(void) = (void (*)(void))self->once_routine;
  straggler_end_wait(self, true);
  routine();
}

static bool begin_waiting(StragglerThread *self, const int *control, void (*routine)(void), StragglerCaller caller) {
  self->once_routine = (uint64_t)routine;
  return straggler_begin_wait(self, STRAGGLER_RESOURCE_ONCE, 0, control, 0, caller);
}

STRAGGLER_EXPORT int pthread_once(pthread_once_t *control, void (*routine)(void)) {
  StragglerThread *self = is_in_progress(control) ? straggler_self() : NULL;
  if (self == NULL) return ORIGINAL(pthread_once)(control, routine);
  bool begun = begin_waiting(self, control, routine, STRAGGLER_CALLER());
  int result = ORIGINAL(pthread_once)(control, run_after_all);
  straggler_end_wait(self, begun);
  return result;
}

STRAGGLER_EXPORT void call_once(once_flag *flag, void (*routine)(void)) {
  StragglerThread *self = is_in_progress((const int *)flag) ? straggler_self() : NULL;
  if (self == NULL) {
    ORIGINAL(call_once)(flag, routine);
    return;
  }
  bool begun = begin_waiting(self, (const int *)flag, routine, STRAGGLER_CALLER());
  ORIGINAL(call_once)(flag, run_after_all);
  straggler_end_wait(self, begun);
}

STRAGGLER_UNINSTRUMENTED_END
