// What the freeze keeps of the threads that stand: the bytes of their stacks.
#include <errno.h>

#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static uint32_t take_stack_room(uint32_t length) {
  StragglerRegion *region = straggler_region(STRAGGLER_REGION_STACKS);
  if (length > region->capacity - region->used) return UINT32_MAX;
  if (!straggler_commit(region->offset + region->used, length)) return UINT32_MAX;
  uint32_t at = region->used;
  region->used += (length + 15u) & ~15u;
  return at;
}

static void copy_stack(StragglerThread *slot) {
  enum { UNKNOWN_STACK_LIMIT = 16 * 1024 };
  StragglerFrozen *frozen = &slot->frozen;
  uint64_t sp = frozen->registers[STRAGGLER_RSP];
  bool own = sp - slot->stack_low < slot->stack_high - slot->stack_low;
  uint64_t length = own ? slot->stack_high - sp : UNKNOWN_STACK_LIMIT;
  if (length > STRAGGLER_STACK_COPY_LIMIT) length = STRAGGLER_STACK_COPY_LIMIT;
  uint32_t at = take_stack_room((uint32_t)length);
  if (at == UINT32_MAX) {
    straggler_note_lost(STRAGGLER_REGION_STACKS);
    return;
  }
  uint64_t offset = straggler_region(STRAGGLER_REGION_STACKS)->offset + at;
  frozen->stack_address = sp;
  frozen->stack_offset = offset;
  frozen->stack_length = (uint32_t)straggler_read_memory(sp, (char *)straggler_arena + offset, length);
  frozen->stack_flags = own && sp + frozen->stack_length == slot->stack_high ? STRAGGLER_CAPTURE_REACHES_BASE : 0;
}

/// Whether the thread with this handle was created with this slot as its argument: glibc keeps that in struct pthread, which
/// the handle is the address of. Where in it differs from version to version; its size is 2,304 bytes in 2.36.
static bool was_created_for(uint64_t handle, const StragglerThread *slot) {
  uint64_t words[2304 / sizeof(uint64_t)];
  size_t count = straggler_read_memory(handle, words, sizeof words) / sizeof *words;
  for (size_t index = 0; index < count; index++) {
    if (words[index] == (uint64_t)slot) return true;
  }
  return false;
}

/// Whether a slot is the one that the thread's creator made. The thread may have been stopped before its first step, amid those by
/// which it begins its slot, or its creator before it knew the new thread's handle.
static bool is_own_slot(const StragglerThread *slot, const StragglerThread *found) {
  bool has_handle = slot->handle == found->handle;
  if (slot->state == STRAGGLER_SLOT_ALIVE) return slot != found && slot->tid == found->tid && has_handle;
  return slot->state == STRAGGLER_SLOT_STARTING && (has_handle || was_created_for(found->handle, slot));
}

/// A thread that was stopped among its first steps is known twice: by its own slot, and by the one that the freeze made when it
/// found it.
static void merge_newborn(StragglerThread *found) {
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (!is_own_slot(slot, found)) continue;
    slot->tid = found->tid;
    slot->handle = found->handle;
    slot->frozen = found->frozen;
    slot->state = STRAGGLER_SLOT_ALIVE;
    found->state = STRAGGLER_SLOT_FREE;
    return;
  }
}

bool straggler_copy_stacks(StragglerThread *self) {
  bool all = true;
  copy_stack(self);
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    // It was stopped when it had just said which thread it is.
    if (slot->state == STRAGGLER_SLOT_STARTING && slot->frozen.outcome != STRAGGLER_FREEZE_NONE) slot->state = STRAGGLER_SLOT_ALIVE;
    if (slot == self || slot->state != STRAGGLER_SLOT_ALIVE) continue;
    if (slot->frozen.outcome == STRAGGLER_FREEZE_STOPPED) {
      copy_stack(slot);
      straggler_read_call_objects(slot);
      if (slot->flags & STRAGGLER_THREAD_ADOPTED) merge_newborn(slot);
    } else if ((slot->flags & STRAGGLER_THREAD_VANISHED) ||
               straggler_syscall3(SYS_tgkill, straggler_arena->pid, slot->tid, 0) == -ESRCH) {
      slot->flags |= STRAGGLER_THREAD_VANISHED;
    } else {
      slot->frozen.outcome = STRAGGLER_FREEZE_UNFROZEN;
      straggler_read_call_objects(slot);
      if (straggler_can_be_interrupted(slot->tid)) all = false;
    }
  }
  return all;
}

STRAGGLER_UNINSTRUMENTED_END
