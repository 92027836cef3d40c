// Holds beyond the inline ones, and waits.
#include "state.h"

static StragglerHold *overflow_block(const StragglerThread *self) {
  StragglerRegion *region = straggler_region(STRAGGLER_REGION_OVERFLOW);
  return (StragglerHold *)((char *)straggler_arena + region->offset +
                           (uint64_t)straggler_slot_index(self) * region->entry_size);
}

StragglerHold *straggler_hold_at(StragglerThread *self, uint32_t index) {
  return index < STRAGGLER_INLINE_HOLDS ? &self->holds[index] : overflow_block(self) + (index - STRAGGLER_INLINE_HOLDS);
}

/// An entry that was given back while younger ones stayed.
static StragglerHold *empty_hold(StragglerThread *self) {
  for (uint32_t index = 0; index < self->hold_top; index++) {
    StragglerHold *hold = straggler_hold_at(self, index);
    if (hold->resource == 0) return hold;
  }
  return NULL;
}

StragglerHold *straggler_hold_overflow(StragglerThread *self) {
  StragglerHold *empty = empty_hold(self);
  if (empty != NULL) return empty;
  if (self->hold_top >= STRAGGLER_INLINE_HOLDS + STRAGGLER_OVERFLOW_HOLDS ||
      straggler_entry(STRAGGLER_REGION_OVERFLOW, straggler_slot_index(self)) == NULL) {
    self->hold_lost += 1;
    return NULL;
  }
  straggler_note_used(STRAGGLER_REGION_OVERFLOW, straggler_slot_index(self));
  StragglerHold *hold = straggler_hold_at(self, self->hold_top);
  hold->resource = 0;
  self->hold_top += 1;
  return hold;
}

bool straggler_begin_wait(
  StragglerThread *self, uint8_t kind, uint8_t mode, const void *resource, uint64_t second, StragglerCaller caller
) {
  StragglerWait *wait = &self->wait;
  // A wait whose frame is still below ours is under way; any other one was left by cancellation or longjmp.
  if (wait->kind != STRAGGLER_RESOURCE_NONE && wait->capture.sp > caller.sp) return false;
  straggler_begin_write(&wait->sequence);
  wait->kind = kind;
  wait->mode = mode;
  wait->resource = (uint64_t)resource;
  wait->second = second;
  wait->capture = (StragglerCapture){.pc = caller.pc, .sp = caller.sp, .fp = caller.fp};
  straggler_end_write(&wait->sequence);
  return true;
}

void straggler_end_wait(StragglerThread *self, bool begun) {
  if (!begun) return;
  straggler_begin_write(&self->wait.sequence);
  self->wait.kind = STRAGGLER_RESOURCE_NONE;
  straggler_end_write(&self->wait.sequence);
}
