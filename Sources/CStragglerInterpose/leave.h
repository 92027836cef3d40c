// Joining and detaching a thread, by whichever name libc has it: whose handle it is is asked before libc is, whose it was is told after.
#ifndef STRAGGLER_LEAVE_H
#define STRAGGLER_LEAVE_H

#include "StragglerRecorder.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The thread to wait for, told as the wait it is.
typedef struct Join {
  StragglerThread *self;
  StragglerThread *target;
  uint32_t number;  // the target's
  bool begun;
} Join;

static inline Join take_leave(pthread_t handle) {
  StragglerThread *target = straggler_thread_take_leave(handle);
  return (Join){.target = target, .number = target != NULL ? target->number : 0};
}

static inline Join begin_join(pthread_t handle, bool timed, StragglerCaller caller) {
  Join join = take_leave(handle);
  join.self = straggler_self();
  if (join.self == NULL) return join;
  join.begun = straggler_begin_wait(
    join.self, STRAGGLER_RESOURCE_JOIN, timed ? STRAGGLER_MODE_TIMED : 0, (const void *)handle, join.number, caller);
  return join;
}

/// `result`: libc's; 0 is success for C11's names as well (thrd_success).
static inline int end_join(Join join, int result) {
  if (join.self != NULL) straggler_end_wait(join.self, join.begun);
  if (join.target == NULL) return result;
  if (result == 0) straggler_thread_joined(join.target, join.number);
  else straggler_thread_stay(join.target);
  return result;
}

static inline int end_detach(StragglerThread *target, int result) {
  if (target == NULL) return result;
  if (result == 0) straggler_thread_detached(target);
  else straggler_thread_stay(target);
  return result;
}

STRAGGLER_UNINSTRUMENTED_END

#endif
