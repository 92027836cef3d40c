// What the wrappers of descriptor-making calls share.
#ifndef STRAGGLER_DESCRIPTOR_H
#define STRAGGLER_DESCRIPTOR_H

#include <fcntl.h>

#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// Records a descriptor that a call has just made, and returns it. A negative one was not made.
static inline int straggler_made(int descriptor, StragglerOpening how, StragglerCaller caller) {
  StragglerThread *self = descriptor >= 0 ? straggler_self() : NULL;
  if (self != NULL) straggler_file_opened(self, descriptor, how, caller);
  return descriptor;
}

/// The same for a call that makes something other than a file with a name.
static inline int straggler_made_object(int descriptor, uint32_t origin, int flags, StragglerCaller caller) {
  return straggler_made(descriptor, (StragglerOpening){.origin = origin, .flags = flags}, caller);
}

STRAGGLER_UNINSTRUMENTED_END

#endif
