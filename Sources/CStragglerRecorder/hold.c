// The slower half of captures, holds and waits.
#include "exitwatch.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// In registers: where a processor has no fast `rep movsb`, its first byte takes as long as 500 of these.
static void copy_stack_bytes(uint8_t *target, const uint8_t *source, size_t length) {
  size_t done = 0;
  for (; length - done >= STRAGGLER_WINDOW; done += STRAGGLER_WINDOW) {
    straggler_copy_window(target + done, source + done);
  }
  for (; length - done >= 16; done += 16) memcpy(target + done, source + done, 16);
  for (; done < length; done++) target[done] = source[done];
}

void straggler_capture(
  const StragglerThread *self, StragglerCaller caller, StragglerCapture *capture, uint8_t *bytes, size_t room
) {
  uint64_t sp = straggler_caller_sp(caller);
  capture->pc = straggler_caller_pc(caller);
  capture->sp = sp;
  capture->fp = straggler_caller_fp(caller);
  capture->length = 0;
  capture->flags = STRAGGLER_CAPTURE_FOREIGN_STACK;
  if (sp - self->stack_low >= self->stack_high - self->stack_low) return;
  size_t own = self->stack_high - sp;
  capture->flags = own <= room ? STRAGGLER_CAPTURE_REACHES_BASE : 0;
  capture->length = (uint32_t)(own < room ? own : room);
  copy_stack_bytes(bytes, (const uint8_t *)sp, capture->length);
}

static StragglerHold *overflow_block(const StragglerThread *self) {
  StragglerRegion *region = straggler_region(STRAGGLER_REGION_OVERFLOW);
  return (StragglerHold *)((char *)straggler_arena + region->offset +
                           (uint64_t)straggler_slot_index(self) * region->entry_size);
}

StragglerHold *straggler_hold_at(StragglerThread *self, uint32_t index) {
  return index < STRAGGLER_INLINE_HOLDS ? &self->holds[index] : overflow_block(self) + (index - STRAGGLER_INLINE_HOLDS);
}

StragglerHold *straggler_find_hold(StragglerThread *self, const void *lock) {
  for (uint32_t index = self->hold_top; index-- > 0;) {
    StragglerHold *hold = straggler_hold_at(self, index);
    if (hold->resource == (uint64_t)lock) return hold;
  }
  return NULL;
}

/// Reserves an entry that was given back while younger ones stayed.
static StragglerHold *take_gap(StragglerThread *self) {
  for (uint32_t index = 0; index < self->hold_top; index++) {
    StragglerHold *hold = straggler_hold_at(self, index);
    uint64_t gap = STRAGGLER_HOLD_GAP;
    if (__atomic_compare_exchange_n(&hold->resource, &gap, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return hold;
  }
  return NULL;
}

/// False where a signal's handler has changed it since it was `from`.
static bool move_top(StragglerThread *self, uint32_t from, uint32_t to) {
  return __atomic_compare_exchange_n(&self->hold_top, &from, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void straggler_shed_gaps(StragglerThread *self) {
  for (;;) {
    uint32_t top = __atomic_load_n(&self->hold_top, __ATOMIC_RELAXED);
    if (top == 0) return;
    StragglerHold *last = straggler_hold_at(self, top - 1);
    uint64_t gap = STRAGGLER_HOLD_GAP;
    // As a reserved entry it keeps a handler from shedding any further. Where one came before, it has shed all there is.
    if (!__atomic_compare_exchange_n(&last->resource, &gap, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return;
    if (move_top(self, top, top - 1)) continue;
    __atomic_store_n(&last->resource, STRAGGLER_HOLD_GAP, __ATOMIC_RELAXED);  // the handler has left a lock above it
    return;
  }
}

/// Reserves the next entry of the slot; NULL where they are all in use.
static StragglerHold *reserve(StragglerThread *self) {
  straggler_shed_gaps(self);
  for (;;) {
    uint32_t top = __atomic_load_n(&self->hold_top, __ATOMIC_RELAXED);
    if (top >= STRAGGLER_INLINE_HOLDS) return NULL;
    if (move_top(self, top, top + 1)) return &self->holds[top];
  }
}

static StragglerHold *overflow_hold(StragglerThread *self) {
  StragglerHold *gap = take_gap(self);
  if (gap != NULL) return gap;
  for (;;) {
    uint32_t top = __atomic_load_n(&self->hold_top, __ATOMIC_RELAXED);
    if (top >= STRAGGLER_INLINE_HOLDS + STRAGGLER_OVERFLOW_HOLDS ||
        straggler_entry(STRAGGLER_REGION_OVERFLOW, straggler_slot_index(self)) == NULL) {
      self->hold_lost += 1;
      return NULL;
    }
    straggler_note_used(STRAGGLER_REGION_OVERFLOW, straggler_slot_index(self));
    StragglerHold *hold = straggler_hold_at(self, top);
    hold->resource = 0;
    if (move_top(self, top, top + 1)) return hold;
  }
}

void straggler_push_further_hold(
  StragglerThread *self, const void *lock, StragglerHolding how, StragglerCaller caller, size_t window
) {
  StragglerHold *hold = straggler_find_hold(self, lock);
  if (hold != NULL) {
    bool again = how.kind == STRAGGLER_RESOURCE_RECURSIVE_MUTEX || how.mode == STRAGGLER_MODE_SHARED;
    if (again && hold->kind == how.kind && hold->mode == how.mode) {
      hold->depth += 1;
      return;
    }
  } else {
    hold = reserve(self);
    if (hold == NULL) hold = overflow_hold(self);
    if (hold == NULL) return;
  }
  hold->resource = 0;
  straggler_begin_hold(hold, how);
  straggler_capture(self, caller, &hold->capture, hold->window, window);
  __atomic_store_n(&hold->resource, (uint64_t)lock, __ATOMIC_RELEASE);
}

void straggler_push_next_hold(
  StragglerThread *self, const void *lock, StragglerHolding how, StragglerCaller caller
) {
  bool quick = straggler_has_window(self, straggler_caller_sp(caller));
  if (quick && straggler_push_hold_after(self, 1, lock, how, caller, straggler_copy_window)) return;
  StragglerHold *hold = quick && straggler_find_hold(self, lock) == NULL ? reserve(self) : NULL;
  if (hold != NULL) straggler_fill_hold(self, hold, lock, how, caller, straggler_copy_window);
  else straggler_push_further_hold(self, lock, how, caller, STRAGGLER_WINDOW);
}

/// What is held longer than the locks that were taken before it (a file's lock, say) moves down to the others, where the room under it
/// has become empty: it would have the thread look through the empty entries at every lock. Their order stays. Nothing is moved where
/// a signal's handler came in between and changed either entry, or left a lock of its own.
static void move_last_hold_down(StragglerThread *self) {
  uint32_t last = self->hold_top - 1, lowest = last;
  if (last >= STRAGGLER_INLINE_HOLDS) return;
  while (lowest > 0 && self->holds[lowest - 1].resource == STRAGGLER_HOLD_GAP) lowest -= 1;
  if (last - lowest < 2) return;
  StragglerHold *from = &self->holds[last], *to = &self->holds[lowest];
  uint32_t before = to->sequence;
  uint64_t resource = __atomic_load_n(&from->resource, __ATOMIC_ACQUIRE);
  if (resource <= STRAGGLER_HOLD_GAP) return;
  straggler_begin_hold(to, (StragglerHolding){from->kind, from->mode, from->flags});
  straggler_copy_bytes(&to->depth, &from->depth, sizeof *to - offsetof(StragglerHold, depth));
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  if (to->sequence != before + 1 || self->hold_top != last + 1) return;
  // For a moment both have it (Arena+Holds.swift), which is better than neither. What another thread makes of it meanwhile
  // (`rename_in`, `straggler_doubt_hold`) is the old entry's first.
  __atomic_store_n(&to->resource, resource, __ATOMIC_RELEASE);
  uint64_t since = __atomic_exchange_n(&from->resource, 0, __ATOMIC_ACQ_REL);
  if (since != resource) __atomic_store_n(&to->resource, since != 0 ? since : STRAGGLER_HOLD_GAP, __ATOMIC_RELEASE);
  uint16_t doubted = __atomic_load_n(&from->flags, __ATOMIC_RELAXED) & STRAGGLER_HOLD_WAITING;
  if (doubted) __atomic_fetch_or(&to->flags, doubted, __ATOMIC_RELAXED);
  for (uint32_t gap = lowest + 1; gap < last; gap++) self->holds[gap].resource = 0;
  if (move_top(self, last + 1, lowest + 1)) return;
  for (uint32_t gap = lowest + 1; gap <= last; gap++) self->holds[gap].resource = STRAGGLER_HOLD_GAP;
}

void straggler_pop_further_hold(StragglerThread *self, const void *lock) {
  StragglerHold *hold = straggler_find_hold(self, lock);
  if (hold == NULL) {
    // One of those that found no room, where there are any: what was given back is not missing at the end.
    if (self->hold_lost > 0) self->hold_lost -= 1;
    return;
  }
  if (hold->depth > 1) {
    hold->depth -= 1;
    return;
  }
  __atomic_store_n(&hold->resource, STRAGGLER_HOLD_GAP, __ATOMIC_RELAXED);
  straggler_shed_gaps(self);
  if (self->hold_top > 2) move_last_hold_down(self);
}

/// Gives a slot's entries of this lock another name, or makes gaps of them. Another thread's are changed only if they still are this
/// lock's: their owner may be filling them again. Its `hold_top` is its own. From the last to the first, since an entry may move down.
static void rename_in(StragglerThread *slot, uint64_t resource, uint64_t name) {
  for (uint32_t entry = __atomic_load_n(&slot->hold_top, __ATOMIC_ACQUIRE); entry-- > 0;) {
    uint64_t expected = resource;
    __atomic_compare_exchange_n(
      &straggler_hold_at(slot, entry)->resource, &expected, name, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
  }
}

void straggler_pop_unnamed_hold(StragglerThread *self, const void *lock) {
  if (self->hold_lost > 0 || straggler_find_hold(self, lock) != NULL) {
    straggler_pop_hold(self, lock);
    return;
  }
  StragglerThread *holder = NULL;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    const StragglerHold *hold = slot == self ? NULL : straggler_find_hold(slot, lock);
    if (hold == NULL) continue;
    if (holder != NULL || hold->depth > 1) return;
    holder = slot;
  }
  if (holder != NULL) rename_in(holder, (uint64_t)lock, STRAGGLER_HOLD_GAP);
}

void straggler_forget_lock(StragglerThread *self, const void *lock, bool looked_held) {
  StragglerHold *own = straggler_find_hold(self, lock);
  if (own != NULL) {
    own->depth = 1;
    straggler_pop_hold(self, lock);
  }
  bool orphaned = __atomic_load_n(&straggler_orphaning_threads, __ATOMIC_ACQUIRE) != 0;
  if (!orphaned && !looked_held) return;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (slot != self && (looked_held || slot->state == STRAGGLER_SLOT_ENDED)) rename_in(slot, (uint64_t)lock, STRAGGLER_HOLD_GAP);
  }
}

/// Mostly the calling thread's own.
static StragglerThread *slot_numbered(uint32_t thread_number) {
  StragglerThread *self = straggler_known_self();
  if (self != NULL && self->number == thread_number) return self;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    if (straggler_slot(index)->number == thread_number) return straggler_slot(index);
  }
  return NULL;
}

void straggler_rename_hold(uint32_t thread_number, uint64_t resource, uint64_t name) {
  StragglerThread *slot = slot_numbered(thread_number);
  if (slot != NULL) rename_in(slot, resource, name);
}

void straggler_doubt_hold(uint32_t thread_number, uint64_t resource) {
  StragglerThread *slot = slot_numbered(thread_number);
  StragglerHold *hold = slot != NULL ? straggler_find_hold(slot, (const void *)resource) : NULL;
  if (hold != NULL) __atomic_fetch_or(&hold->flags, STRAGGLER_HOLD_WAITING, __ATOMIC_RELAXED);
}

void straggler_drop_hold(uint32_t thread_number, uint64_t resource) {
  straggler_rename_hold(thread_number, resource, STRAGGLER_HOLD_GAP);
  StragglerThread *self = straggler_known_self();
  if (self != NULL && self->number == thread_number) straggler_shed_gaps(self);
}

bool straggler_begin_wait(
  StragglerThread *self, uint8_t kind, uint8_t mode, const void *resource, uint64_t second, StragglerCaller caller
) {
  StragglerWait *wait = &self->wait;
  // The thread runtime's wait for a thread or for one of its conditions (`straggler_wait_begin_condition`), while its frame
  // is still above ours; any other one was left by cancellation or longjmp.
  bool is_runtimes = wait->kind == STRAGGLER_RESOURCE_JOIN
    || (wait->kind == STRAGGLER_RESOURCE_CONDITION && wait->resource == wait->second);
  if (is_runtimes && wait->capture.sp > straggler_caller_sp(caller)) return false;
  straggler_begin_write(&wait->sequence);
  wait->kind = kind;
  wait->mode = mode;
  wait->resource = (uint64_t)resource;
  wait->second = second;
  wait->capture = (StragglerCapture){
    .pc = straggler_caller_pc(caller), .sp = straggler_caller_sp(caller), .fp = straggler_caller_fp(caller)};
  straggler_end_write(&wait->sequence);
  if (__builtin_expect(self == straggler_watched_thread, 0)) straggler_watch_wait();
  return true;
}

void straggler_end_wait(StragglerThread *self, bool begun) {
  // What a thread waited for at the freeze stays written down when it is let go later; nor does it then have what it waited for.
  if (!begun || !straggler_guard.recording) return;
  straggler_begin_write(&self->wait.sequence);
  self->wait.kind = STRAGGLER_RESOURCE_NONE;
  straggler_end_write(&self->wait.sequence);
  if (__builtin_expect(self == straggler_watched_thread, 0)) straggler_watch_wait_ended();
}

STRAGGLER_UNINSTRUMENTED_END
