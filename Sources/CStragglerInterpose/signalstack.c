// sigaltstack: where the freeze may stop a thread that has hardly any stack left.
#define _GNU_SOURCE
#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

STRAGGLER_EXPORT int sigaltstack(const stack_t *restrict stack, stack_t *restrict old) {
  // Read before: both may be the same object.
  bool sets = stack != NULL;
  bool disables = sets && (stack->ss_flags & SS_DISABLE);
  uint64_t address = sets && !disables ? (uint64_t)stack->ss_sp : 0;
  uint64_t size = sets && !disables ? stack->ss_size : 0;
  int result = ORIGINAL(sigaltstack)(stack, old);
  StragglerThread *self = result == 0 && sets ? straggler_self() : NULL;
  if (self != NULL) straggler_alternate_stack_set(self, address, size);
  return result;
}

STRAGGLER_UNINSTRUMENTED_END
