// pthread_create and what is done with a thread afterwards.
#define _GNU_SOURCE

#include "leave.h"
#include "originals.h"
#include "stackplan.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The first frame of every thread; its name tells reports that it is ours.
static void *straggler_run_thread(void *argument) {
  StragglerThread *slot = argument;
  void *(*start)(void *) = (void *(*)(void *))slot->start_routine;
  void *start_argument = (void *)slot->start_argument;
  straggler_thread_begin(slot, __builtin_frame_address(0));
  return start(start_argument);
}

/// Of a thread that found no room in the record.
static int create_unrecorded(
  const StragglerThread *self, pthread_t *handle, const pthread_attr_t *attributes, void *(*start)(void *), void *argument
) {
  int result = ORIGINAL(pthread_create)(handle, attributes, start, argument);
  if (result != 0) straggler_thread_cancel(self, NULL);
  return result;
}

STRAGGLER_EXPORT int pthread_create(
  pthread_t *handle, const pthread_attr_t *attributes, void *(*start)(void *), void *argument
) {
  StragglerThread *self = straggler_self();
  if (self == NULL) return ORIGINAL(pthread_create)(handle, attributes, start, argument);
  StragglerAttributes asked = straggler_read_attributes(attributes);
  StragglerThread *slot =
    straggler_thread_prepare(self, handle, start, argument, asked.detached, asked.stack, STRAGGLER_CALLER());
  if (slot == NULL) return create_unrecorded(self, handle, attributes, start, argument);
  pthread_t created;
  int result = ORIGINAL(pthread_create)(&created, attributes, straggler_run_thread, slot);
  if (result != 0) {
    straggler_thread_cancel(self, slot);
    return result;
  }
  straggler_thread_created(slot, created);
  return 0;
}

STRAGGLER_EXPORT int pthread_join(pthread_t handle, void **value) {
  Join join = begin_join(handle, false, STRAGGLER_CALLER());
  return end_join(join, ORIGINAL(pthread_join)(handle, value));
}

STRAGGLER_EXPORT int pthread_tryjoin_np(pthread_t handle, void **value) {
  Join join = take_leave(handle);
  return end_join(join, ORIGINAL(pthread_tryjoin_np)(handle, value));
}

STRAGGLER_EXPORT int pthread_timedjoin_np(pthread_t handle, void **value, const struct timespec *time) {
  Join join = begin_join(handle, time != NULL, STRAGGLER_CALLER());
  return end_join(join, ORIGINAL(pthread_timedjoin_np)(handle, value, time));
}

STRAGGLER_EXPORT int pthread_clockjoin_np(
  pthread_t handle, void **value, clockid_t clock, const struct timespec *time
) {
  Join join = begin_join(handle, time != NULL, STRAGGLER_CALLER());
  return end_join(join, ORIGINAL(pthread_clockjoin_np)(handle, value, clock, time));
}

STRAGGLER_EXPORT int pthread_detach(pthread_t handle) {
  StragglerThread *target = straggler_thread_take_leave(handle);
  return end_detach(target, ORIGINAL(pthread_detach)(handle));
}

STRAGGLER_EXPORT int pthread_setname_np(pthread_t handle, const char *name) {
  int result = ORIGINAL(pthread_setname_np)(handle, name);
  StragglerThread *target = result == 0 ? straggler_thread_with_handle(handle) : NULL;
  if (target != NULL) straggler_thread_named(target, name);
  return result;
}

STRAGGLER_UNINSTRUMENTED_END
