// What a forked child takes over of its parent's record.
#ifndef STRAGGLER_INHERITED_H
#define STRAGGLER_INHERITED_H

#include "state.h"

#pragma GCC visibility push(hidden)

/// Notes which locks other threads than the forking one (its number) held, or had left locked. To be called in the child, as long as the
/// arena is still the parent's.
void straggler_inheritance_note(uint32_t forking);
/// Takes from the child's own thread, which has its parent's holds, those of locks that the parent shares with it: there they are
/// still the parent's.
void straggler_inheritance_settle(StragglerThread *self, int32_t former);
/// Enters them into the child's own arena.
void straggler_inheritance_enter(void);
/// Copies the bytes of the lock that a hold is of.
void straggler_copy_lock(StragglerHold *hold);

#pragma GCC visibility pop

#endif
