// Whether a thread waits for what can never come. StragglerAnalysis/WaitGraph.swift asks the same of a finished record.
#define _GNU_SOURCE
#include "exitwatch.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { THREADS = 32768, DEPTH = 512 };

/// One thread of the chain, and where the search for those that it waits for goes on.
typedef struct Step {
  StragglerThread *thread;
  uint32_t next_slot;
  uint32_t next_hold;
} Step;

// The exiting thread alone looks, and its signal is blocked meanwhile.
static Step steps[DEPTH];
static uint8_t marks[THREADS];
enum { UNSEEN = 0, ON_CHAIN = 1, MAY_GO_ON = 2 };

/// Whether this is the owner by which the lock would name the thread.
static bool is_owner(const StragglerThread *slot, const StragglerHold *hold, uint32_t owner) {
  bool was_parents = (hold->flags & STRAGGLER_HOLD_INHERITED) && owner == (uint32_t)hold->word;
  return owner == (uint32_t)slot->tid || was_parents;
}

/// Whether the lock's own bytes agree that the thread has it. A lock's memory may be gone at any time.
static bool owns(const StragglerThread *slot, const StragglerHold *hold) {
  uint32_t words[7];
  switch (hold->kind) {
    case STRAGGLER_RESOURCE_MUTEX:
    case STRAGGLER_RESOURCE_RECURSIVE_MUTEX:  // struct __pthread_mutex_s: the lock at 0, its owner at 8, its kind at 16
      if (straggler_read_memory(hold->resource, words, 20) != 20) return false;
      if (words[4] == STRAGGLER_OWNER_IN_WORD) return (int32_t)(words[0] & STRAGGLER_OWNER_MASK) == slot->tid;
      return words[0] != 0 && is_owner(slot, hold, words[2]);
    case STRAGGLER_RESOURCE_READ_WRITE_LOCK:  // struct __pthread_rwlock_arch_t: readers at 0, the writer at 24
      if (straggler_read_memory(hold->resource, words, 28) != 28) return false;
      return hold->mode == STRAGGLER_MODE_SHARED ? words[0] >> 3 != 0 : is_owner(slot, hold, words[6]);
    case STRAGGLER_RESOURCE_SPIN_LOCK:  // 1 where it is free
      return straggler_read_memory(hold->resource, words, 4) == 4 && (int32_t)words[0] <= 0;
    case STRAGGLER_RESOURCE_STREAM_LOCK:  // a stream that was closed under its lock may have come to life again as another one
      return straggler_stream_lock_owner(hold->resource) == slot->handle;
    default: return true;
  }
}

/// Whether this hold keeps the thread from going on. A recursive lock lets its owner in; the dead owner of a robust mutex keeps
/// nobody out.
static bool blocks(const StragglerThread *slot, const StragglerHold *hold, const StragglerThread *waiter) {
  const StragglerWait *wait = &waiter->wait;
  if (hold->resource != wait->resource || (hold->flags & STRAGGLER_HOLD_WAITING)) return false;
  if (wait->mode == STRAGGLER_MODE_SHARED && hold->mode == STRAGGLER_MODE_SHARED) return false;
  if (slot == waiter && hold->kind == STRAGGLER_RESOURCE_RECURSIVE_MUTEX) return false;
  // What an ended thread left is its own as long as the lock itself names it; readers and spinners are not named.
  bool named = hold->kind != STRAGGLER_RESOURCE_SPIN_LOCK && hold->mode == STRAGGLER_MODE_EXCLUSIVE;
  if (slot->state == STRAGGLER_SLOT_ENDED && (!named || (hold->flags & STRAGGLER_HOLD_ROBUST))) return false;
  return owns(slot, hold);
}

/// Whether a call of the recorder's is still on the stack: its return address stands where it was put.
static bool is_on_stack(uint64_t sp, uint64_t pc) {
  uint64_t found;
  return straggler_read_memory(sp - sizeof found, &found, sizeof found) == sizeof found && found == pc;
}

/// The runtime's join has no handle; other calls than its own go on in its frame.
static bool is_wait_on_stack(const StragglerWait *wait) {
  bool is_runtimes = wait->kind == STRAGGLER_RESOURCE_JOIN && wait->resource == 0;
  return is_runtimes || is_on_stack(wait->capture.sp, wait->capture.pc);
}

/// Whether the thread really stands in the wait that it wrote down: a wait that was left by cancellation or longjmp stays in the
/// slot. The exiting thread is known to.
static bool stands_in_wait(const StragglerThread *slot) {
  const StragglerWait *wait = &slot->wait;
  if ((__atomic_load_n(&wait->sequence, __ATOMIC_ACQUIRE) & 1) || (wait->mode & STRAGGLER_MODE_TIMED)) return false;
  if (slot == straggler_watched_thread) return true;
  if (!is_wait_on_stack(wait)) return false;
  switch (wait->kind) {
    case STRAGGLER_RESOURCE_SPIN_LOCK: return true;  // it stands in no system call
    case STRAGGLER_RESOURCE_MUTEX:
    case STRAGGLER_RESOURCE_RECURSIVE_MUTEX:
    case STRAGGLER_RESOURCE_READ_WRITE_LOCK:
    case STRAGGLER_RESOURCE_STREAM_LOCK:
    case STRAGGLER_RESOURCE_ONCE:
    case STRAGGLER_RESOURCE_JOIN: {
      StragglerFrozen now = {0};
      return straggler_look_up_system_call(&now, slot->tid) && now.system_call == SYS_futex &&
             now.system_call_sp < wait->capture.sp;
    }
    default: return false;
  }
}

/// Whether the thread is the one that ends this wait, by its own end or by that of a once-routine.
static bool ends(const StragglerThread *slot, const StragglerWait *wait) {
  if (wait->kind == STRAGGLER_RESOURCE_JOIN) return slot->number == wait->second;
  return slot->once_running == wait->resource && is_on_stack(slot->once_sp, slot->once_pc);
}

/// The next one that the step's thread waits for; NULL where there are no more.
static StragglerThread *next_awaited(Step *step) {
  const StragglerWait *wait = &step->thread->wait;
  uint32_t used = __atomic_load_n(&straggler_region(STRAGGLER_REGION_THREADS)->used, __ATOMIC_ACQUIRE);
  for (; step->next_slot < used; step->next_slot++, step->next_hold = 0) {
    StragglerThread *slot = straggler_slot(step->next_slot);
    bool alive = slot->state == STRAGGLER_SLOT_ALIVE;
    if (!alive && slot->state != STRAGGLER_SLOT_ENDED) continue;
    if (wait->kind == STRAGGLER_RESOURCE_JOIN || wait->kind == STRAGGLER_RESOURCE_ONCE) {
      if (!alive || !ends(slot, wait)) continue;
      step->next_slot += 1;
      return slot;
    }
    uint32_t top = slot->hold_top;
    while (step->next_hold < top) {
      if (blocks(slot, straggler_hold_at(slot, step->next_hold++), step->thread)) return slot;
    }
  }
  return NULL;
}

/// Stands for the chain as it is now: its threads, and which of their waits these are.
static uint64_t name_of_chain(uint32_t length) {
  uint64_t name = UINT64_C(0xCBF29CE484222325);  // FNV-1a
  for (uint32_t index = 0; index < length; index++) {
    const uint64_t parts[2] = {steps[index].thread->number, steps[index].thread->wait.sequence};
    for (int part = 0; part < 2; part++) name = (name ^ parts[part]) * UINT64_C(0x100000001B3);
  }
  return name | 1;
}

uint64_t straggler_find_deadlock(StragglerThread *start) {
  memset(marks, UNSEEN, sizeof marks);
  uint32_t length = 0;
  StragglerThread *entering = start;
  for (;;) {
    if (entering != NULL && stands_in_wait(entering)) {
      if (length == DEPTH) return 0;
      marks[straggler_slot_index(entering)] = ON_CHAIN;
      steps[length++] = (Step){entering, 0, 0};
    } else if (entering != NULL) {
      marks[straggler_slot_index(entering)] = MAY_GO_ON;
    }
    if (length == 0) return 0;
    entering = next_awaited(&steps[length - 1]);
    if (entering == NULL) {
      marks[straggler_slot_index(steps[--length].thread)] = MAY_GO_ON;
      continue;
    }
    bool closes = entering->state == STRAGGLER_SLOT_ENDED || marks[straggler_slot_index(entering)] == ON_CHAIN;
    if (closes) return name_of_chain(length);
    if (marks[straggler_slot_index(entering)] == MAY_GO_ON) entering = NULL;
  }
}

STRAGGLER_UNINSTRUMENTED_END
