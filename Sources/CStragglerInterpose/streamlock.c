// flockfile and its kin: a stream's lock taken by the program itself. What stdio's own calls take is read at the freeze.
#define _GNU_SOURCE
#include "originals.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static void taken(StragglerThread *self, FILE *stream, StragglerCaller caller) {
  // A stream's lock is recursive (flockfile(3)): taken again, it keeps its entry.
  StragglerHold *hold = straggler_find_hold(self, stream);
  if (hold != NULL) {
    hold->depth += 1;
    return;
  }
  StragglerHolding how = {STRAGGLER_RESOURCE_STREAM_LOCK, STRAGGLER_MODE_EXCLUSIVE, 0};
  straggler_push_hold(self, stream, how, caller, STRAGGLER_WIDE_WINDOW);
}

STRAGGLER_EXPORT void flockfile(FILE *stream) {
  StragglerThread *self = straggler_self();
  if (self == NULL) {
    ORIGINAL(flockfile)(stream);
    return;
  }
  bool begun = straggler_begin_wait(self, STRAGGLER_RESOURCE_STREAM_LOCK, 0, stream, 0, STRAGGLER_CALLER());
  ORIGINAL(flockfile)(stream);
  straggler_end_wait(self, begun);
  if (straggler_guard.recording) taken(self, stream, STRAGGLER_CALLER());
}

STRAGGLER_EXPORT int ftrylockfile(FILE *stream) {
  int result = ORIGINAL(ftrylockfile)(stream);
  StragglerThread *self = result == 0 ? straggler_self() : NULL;
  if (self != NULL) taken(self, stream, STRAGGLER_CALLER());
  return result;
}

STRAGGLER_EXPORT void funlockfile(FILE *stream) {
  StragglerThread *self = straggler_self();
  if (self != NULL) straggler_pop_hold(self, stream);
  ORIGINAL(funlockfile)(stream);
}

STRAGGLER_UNINSTRUMENTED_END
