// The stack of a thread to come, from its attributes.
#ifndef STRAGGLER_STACKPLAN_H
#define STRAGGLER_STACKPLAN_H

#include "StragglerRecorder.h"

#pragma GCC visibility push(hidden)

typedef struct StragglerAttributes {
  bool detached;
  StragglerStackPlan stack;
} StragglerAttributes;

/// NULL stands for those that the program may have set for all threads (pthread_setattr_default_np(3)).
StragglerAttributes straggler_read_attributes(const pthread_attr_t *attributes);

#pragma GCC visibility pop

#endif
