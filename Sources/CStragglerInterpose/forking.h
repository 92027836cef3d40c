// What the wrappers of calls that fork share.
#ifndef STRAGGLER_FORKING_H
#define STRAGGLER_FORKING_H

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// The calling thread, if a copy of its slot has room on its stack: on a signal's or a coroutine's it is not known how much is left.
static inline const StragglerThread *straggler_thread_with_room(void) {
  const StragglerThread *self = straggler_self();
  uint64_t here = (uint64_t)__builtin_frame_address(0);
  bool has_room = self != NULL && here < self->stack_high && here > self->stack_low + 8 * sizeof *self;
  return has_room ? self : NULL;
}

/// Runs `call`, which forks and is 0 in the child, and returns what it does. The forking thread's holds go with it into the child:
/// copied before the fork, for afterwards the parent goes on. The child itself is begun by a handler that libc runs in it, whoever
/// forks; but _Fork runs none.
#define STRAGGLER_FORKING(call)                                   \
  const StragglerThread *forking = straggler_thread_with_room();  \
  straggler_forking = STRAGGLER_FORKING_UNKNOWN;                  \
  if (forking != NULL) {                                          \
    StragglerThread *copy = __builtin_alloca(sizeof *copy);       \
    *copy = *forking;                                             \
    straggler_forking = copy;                                     \
  }                                                               \
  pid_t child = call;                                             \
  if (child == 0) straggler_child_begin();                        \
  straggler_forking = NULL;                                       \
  return child;

STRAGGLER_UNINSTRUMENTED_END

#endif
