// exec: the record of an image that is about to be replaced. Nobody is stopped, for an exec that fails must leave no
// trace; the arena itself is the snapshot, and outlives the memory that it tells of.
#include <errno.h>

#include "directory.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

/// Notes where a thread is blocked; its registers stay unknown.
static void look_at(uint64_t tid, void *context) {
  const StragglerThread *self = context;
  if (straggler_arena->exit.phase >= STRAGGLER_PHASE_FREEZING) return;  // another thread's exit looks itself
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (slot == self || slot->state != STRAGGLER_SLOT_ALIVE || slot->tid != (int32_t)tid) continue;
    slot->call_flags = 0;
    slot->frozen.has_system_call = 0;
    straggler_read_system_call(slot, slot->tid);
    straggler_read_call_objects(slot);
    slot->frozen.outcome = STRAGGLER_FREEZE_UNFROZEN;
    return;
  }
}

/// A thread that left by a raw system call has a slot that looks alive. The main one is kept by the kernel, dead, as long as others live.
static void mark_vanished(const StragglerThread *self) {
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    int tid = slot->tid;
    if (slot == self || slot->state != STRAGGLER_SLOT_ALIVE) continue;
    bool is_there = straggler_syscall3(SYS_tgkill, straggler_arena->pid, tid, 0) != -ESRCH &&
                    (!(slot->flags & STRAGGLER_THREAD_MAIN) || straggler_can_be_stopped(tid));
    // One that ended meanwhile says so itself.
    bool is_same = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) == STRAGGLER_SLOT_ALIVE && slot->tid == tid;
    if (!is_there && is_same) __atomic_fetch_or(&slot->flags, STRAGGLER_THREAD_VANISHED, __ATOMIC_RELAXED);
  }
}

void straggler_forget_looks(void) {
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (slot->frozen.outcome == STRAGGLER_FREEZE_SELF) continue;  // the thread that exits has described itself
    slot->frozen.outcome = STRAGGLER_FREEZE_NONE;
    slot->frozen.has_system_call = 0;
    slot->call_flags = 0;
  }
}

// Of threads that exec at once, the first one to reach the kernel ends the others: which that is, nobody can know
// before.
static uint32_t executing;

/// A child without a record becomes a program that has one: its past is not missed. Of a child of vfork its parent says so. One that is
/// still in fork was not counted.
static StragglerExec begin_of_child(void) {
  StragglerExec begun = {.self = NULL, .mark = straggler_current};
  if (begun.mark == STRAGGLER_PUT_ASIDE) straggler_current = STRAGGLER_EXECUTED;
  else if (straggler_forking == NULL) straggler_child_unrecorded(-1);
  return begun;
}

static void child_failed(StragglerExec begun) {
  if (begun.mark == STRAGGLER_PUT_ASIDE) straggler_current = STRAGGLER_PUT_ASIDE;
  else if (begun.mark != NULL && straggler_forking == NULL) straggler_child_unrecorded(1);
}

StragglerExec straggler_exec_begin(StragglerThread *self) {
  StragglerExec begun = {.self = NULL};
  if (self == NULL) return straggler_is_recorded_process() ? begun : begin_of_child();
  if (!straggler_is_recorded_process()) return begun;
  StragglerExit *record = &straggler_arena->exit;
  if (record->phase >= STRAGGLER_PHASE_FREEZING || __atomic_exchange_n(&executing, 1, __ATOMIC_ACQ_REL)) return begun;
  begun = (StragglerExec){self, NULL, record->thread, (self->flags & STRAGGLER_THREAD_EXITING) != 0};
  straggler_modules_refresh();
  bool looks = straggler_arena->threads_created > 1 && !straggler_is_confined();
  if (looks) {
    straggler_each_number_in("/proc/self/task", look_at, self);
    mark_vanished(self);
  }
  if (!straggler_is_confined()) straggler_look_into_streams();
  record->thread = self->number;
  __atomic_fetch_or(&self->flags, STRAGGLER_THREAD_EXITING, __ATOMIC_RELAXED);
  __atomic_store_n(&record->kind, STRAGGLER_EXIT_EXEC, __ATOMIC_RELEASE);
  return begun;
}

void straggler_exec_failed(StragglerExec begun) {
  if (begun.self == NULL) {
    child_failed(begun);
    return;
  }
  StragglerExit *record = &straggler_arena->exit;
  uint32_t kind = STRAGGLER_EXIT_EXEC;
  // Another thread may have begun to exit meanwhile: then the record is its own.
  bool ours = __atomic_compare_exchange_n(
    &record->kind, &kind, STRAGGLER_EXIT_NONE, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
  if (ours && record->thread == begun.self->number) record->thread = begun.exiting_thread;
  if (!begun.was_exiting) __atomic_fetch_and(&begun.self->flags, ~(uint32_t)STRAGGLER_THREAD_EXITING, __ATOMIC_RELAXED);
  if (record->phase < STRAGGLER_PHASE_FREEZING) {
    straggler_forget_looks();
    straggler_forget_streams();
  }
  __atomic_store_n(&executing, 0, __ATOMIC_RELEASE);
}

STRAGGLER_UNINSTRUMENTED_END
