// A forked child's inheritance: the locks that other threads of its parent held at the fork, that had ended with them, or that its
// parent had inherited in this way. Those threads do not exist in the child, so that nobody will ever give these locks back there.
#include "inherited.h"

#include <fcntl.h>

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { INHERITED_LIMIT = 64 };

typedef struct Inherited {
  uint32_t number;  // of the parent's thread
  uint32_t flags;   // OF_ANCESTOR where it was not the parent's own
  int32_t tid;
  uint64_t handle;
  char name[sizeof((StragglerThread *)0)->name];
  StragglerHold hold;
} Inherited;
static Inherited inherited[INHERITED_LIMIT];
static uint32_t count, passed_over;

/// Files' locks are the open file's or the parent's; libc sets those of streams back in the child; a semaphore has no
/// owner.
static bool is_kept(const StragglerHold *hold) {
  if (!straggler_is_held(hold)) return false;
  switch (hold->kind) {
    case STRAGGLER_RESOURCE_MUTEX:
    case STRAGGLER_RESOURCE_RECURSIVE_MUTEX:
    case STRAGGLER_RESOURCE_READ_WRITE_LOCK:
    case STRAGGLER_RESOURCE_SPIN_LOCK:
    case STRAGGLER_RESOURCE_ANNOTATED: return true;
    default: return false;
  }
}

/// Whether this memory is the parent's as well: a lock in it is still the parent's thread's, which will give it back. Bit 61 of
/// a page's entry says that it is a file's or shared (proc(5), /proc/PID/pagemap); one of a private mapping that was written to
/// is neither.
static bool is_shared(uint64_t address) {
  uint8_t byte;
  uint64_t entry = 0;
  straggler_read_memory(address, &byte, sizeof byte);  // after a fork shared pages are not in the child's table before
  long file = straggler_open("/proc/thread-self/pagemap", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  straggler_syscall4(
    SYS_pread64, file, (long)&entry, sizeof entry, (long)(address / STRAGGLER_PAGE * sizeof entry));
  straggler_syscall1(SYS_close, file);
  return entry >> 61 & 1;
}

/// It moved down when its old entry had been looked at.
static bool is_kept_already(const StragglerThread *slot, const StragglerHold *hold) {
  for (uint32_t index = count; index-- > 0 && inherited[index].number == slot->number;) {
    if (inherited[index].hold.resource == hold->resource) return true;
  }
  return false;
}

static void keep(const StragglerThread *slot, const StragglerHold *hold) {
  StragglerHold copy = *hold;  // an entry that changes is one that was given back since, or has moved
  if (!is_kept(&copy) || hold->sequence != copy.sequence || hold->resource != copy.resource) return;
  if (is_kept_already(slot, &copy)) return;
  if (count == INHERITED_LIMIT) {
    passed_over += 1;
    return;
  }
  if (is_shared(copy.resource)) return;
  inherited[count].number = slot->number;
  inherited[count].flags = slot->flags & STRAGGLER_THREAD_OF_PARENT ? STRAGGLER_THREAD_OF_ANCESTOR : 0;
  inherited[count].tid = slot->tid;
  inherited[count].handle = slot->handle;
  straggler_copy_string(inherited[count].name, slot->name, sizeof slot->name);
  inherited[count].hold = copy;
  count += 1;
}

/// Turns the order of the entries from `first` on round.
static void put_oldest_first(uint32_t first) {
  for (uint32_t last = count; last > first + 1; first++) {
    last -= 1;
    Inherited entry = inherited[first];
    inherited[first] = inherited[last];
    inherited[last] = entry;
  }
}

void straggler_inheritance_note(uint32_t forking) {
  count = passed_over = 0;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    // What the parent has taken since the fork is accessible to it alone.
    if (!straggler_is_committed(slot, sizeof *slot)) continue;
    if (slot->number == forking || (slot->state != STRAGGLER_SLOT_ALIVE && slot->state != STRAGGLER_SLOT_ENDED)) continue;
    uint32_t first = count;
    // The parent goes on, and an entry of its may move down: from the last to the first none is missed.
    for (uint32_t entry = slot->hold_top; entry-- > 0;) {
      const StragglerHold *hold = straggler_hold_at(slot, entry);
      if (straggler_is_committed(hold, sizeof *hold)) keep(slot, hold);
    }
    put_oldest_first(first);
  }
}

/// A mutex and the writing side of a read-write lock go on naming the thread as its parent's kernel did. (A stream's lock is libc's, which
/// makes it anew in the child.)
static void inherit(StragglerHold *hold, int32_t former) {
  // The parent itself may have it from its own.
  if ((hold->flags & STRAGGLER_HOLD_INHERITED) || hold->kind == STRAGGLER_RESOURCE_STREAM_LOCK) return;
  hold->flags |= STRAGGLER_HOLD_INHERITED;
  hold->word = (uint64_t)former;
}

void straggler_inheritance_settle(StragglerThread *self, int32_t former) {
  for (uint32_t index = 0; index < self->hold_top; index++) {
    StragglerHold *hold = &self->holds[index];
    bool in_memory = is_kept(hold) || (straggler_is_held(hold) && hold->kind == STRAGGLER_RESOURCE_SEMAPHORE);
    if (in_memory && is_shared(hold->resource)) hold->resource = STRAGGLER_HOLD_GAP;
    inherit(hold, former);
    // flock's are shared with the parent, fcntl's stay with it: which this is, and who gives it back, is not known here.
    if (hold->kind == STRAGGLER_RESOURCE_FILE_LOCK) hold->flags |= STRAGGLER_HOLD_WAITING;
  }
  straggler_shed_gaps(self);
}

/// The thread of the parent, as a slot of the child: ended, and nobody's to join.
static StragglerThread *slot_for(uint32_t index) {
  StragglerThread *slot = straggler_slot_claim(1);
  if (slot == NULL) return NULL;
  slot->flags = STRAGGLER_THREAD_DETACHED | STRAGGLER_THREAD_OF_PARENT | inherited[index].flags;
  slot->tid = inherited[index].tid;
  slot->handle = inherited[index].handle;
  straggler_copy_string(slot->name, inherited[index].name, sizeof slot->name);
  __atomic_store_n(&slot->state, STRAGGLER_SLOT_ENDED, __ATOMIC_RELEASE);
  return slot;
}

void straggler_inheritance_enter(void) {
  StragglerThread *slot = NULL;
  for (uint32_t index = 0; index < count; index++) {
    if (index == 0 || inherited[index].number != inherited[index - 1].number) slot = slot_for(index);
    if (slot == NULL || slot->hold_top == STRAGGLER_INLINE_HOLDS) {
      passed_over += 1;
      continue;
    }
    StragglerHold *hold = &slot->holds[slot->hold_top];
    *hold = inherited[index].hold;
    // What the lock's bytes were at the fork, in this process's own memory, decides whether it was held then.
    straggler_copy_lock(hold);
    slot->hold_top += 1;
  }
  for (; passed_over > 0; passed_over--) straggler_note_lost(STRAGGLER_REGION_OVERFLOW);
}

STRAGGLER_UNINSTRUMENTED_END
