// thrd_*: C11's threads, which libc makes without asking pthread_create by name. Their mutexes are pthread ones.
#define _GNU_SOURCE
#include <threads.h>

#include "leave.h"
#include "originals.h"
#include "stackplan.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

_Static_assert(thrd_success == 0, "libc's answers are pthread_join's here");

/// The first frame of every C11 thread; its name tells reports that it is ours.
static int straggler_run_c11_thread(void *argument) {
  StragglerThread *slot = argument;
  thrd_start_t start = (thrd_start_t)slot->start_routine;
  void *start_argument = (void *)slot->start_argument;
  straggler_thread_begin(slot, __builtin_frame_address(0));
  return start(start_argument);
}

/// Of a thread that found no room in the record.
static int create_unrecorded(const StragglerThread *self, thrd_t *handle, thrd_start_t start, void *argument) {
  int result = ORIGINAL(thrd_create)(handle, start, argument);
  if (result != thrd_success) straggler_thread_cancel(self, NULL);
  return result;
}

STRAGGLER_EXPORT int thrd_create(thrd_t *handle, thrd_start_t start, void *argument) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(thrd_create)(handle, start, argument);
  StragglerThread *slot = straggler_thread_prepare(
    self, handle, (void *(*)(void *))(void *)start, argument, false, straggler_read_attributes(NULL).stack,
    STRAGGLER_CALLER());
  if (slot == NULL) return create_unrecorded(self, handle, start, argument);
  thrd_t created;
  int result = ORIGINAL(thrd_create)(&created, straggler_run_c11_thread, slot);
  if (result != thrd_success) {
    straggler_thread_cancel(self, slot);
    return result;
  }
  straggler_thread_created(slot, created);
  return thrd_success;
}

STRAGGLER_EXPORT int thrd_join(thrd_t handle, int *value) {
  Join join = begin_join(handle, false, STRAGGLER_CALLER());
  return end_join(join, ORIGINAL(thrd_join)(handle, value));
}

STRAGGLER_EXPORT int thrd_detach(thrd_t handle) {
  StragglerThread *target = straggler_thread_take_leave(handle);
  return end_detach(target, ORIGINAL(thrd_detach)(handle));
}

STRAGGLER_UNINSTRUMENTED_END
