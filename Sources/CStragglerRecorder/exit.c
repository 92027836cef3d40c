// Exits: their beginning, and the instant at which the record becomes final.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "exitwatch.h"
#include "straggler_runtime.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

static void (*runtime_sequence)(void);
static uint32_t finish_claimed;  // the number of the thread that completes the record
static bool is_finished;         // and its report, where this process writes it
static int asked_status, finished_status;

static void raise_phase(uint32_t phase) {
  uint32_t *now = &straggler_arena->exit.phase;
  if (phase > __atomic_load_n(now, __ATOMIC_RELAXED)) __atomic_store_n(now, phase, __ATOMIC_RELEASE);
}

static void stamp_begin(int status) {
  StragglerExit *record = &straggler_arena->exit;
  StragglerThread *self = straggler_self();
  if (__atomic_load_n(&record->begun, __ATOMIC_ACQUIRE) != 0) return;
  record->status = status;
  record->thread = self != NULL ? self->number : 0;
  if (self != NULL) __atomic_fetch_or(&self->flags, STRAGGLER_THREAD_EXITING, __ATOMIC_RELAXED);
  __atomic_store_n(&record->begun, straggler_event_time(), __ATOMIC_RELEASE);
  raise_phase(STRAGGLER_PHASE_EXITING);
  bool is_unobserved = straggler_arena->flags & STRAGGLER_ARENA_STANDALONE;
  if (self != NULL && is_unobserved && !straggler_is_confined()) straggler_watch_exit(self);
}

void straggler_exit_begin(int status) {
  if (straggler_guard.recording && straggler_is_recorded_process()) stamp_begin(status);
  // It goes on where it was when the same thread comes again, and keeps a second thread that exits.
  if (runtime_sequence != NULL) runtime_sequence();
}

/// The thread that exits stands in our own frame, and its stack is unwound from here.
static void describe_self(StragglerThread *self, const ucontext_t *context, StragglerCaller caller) {
  uint64_t *registers = self->frozen.registers;
  if (context != NULL) {
    straggler_save_registers(self, context);
    straggler_read_call_objects(self);
  } else {
    registers[STRAGGLER_RIP] = straggler_caller_pc(caller);
    registers[STRAGGLER_RSP] = straggler_caller_sp(caller);
    registers[STRAGGLER_RBP] = straggler_caller_fp(caller);
  }
  self->frozen.outcome = STRAGGLER_FREEZE_SELF;
}

static bool is_final(void) { return __atomic_load_n(&straggler_guard.final, __ATOMIC_ACQUIRE); }

static void end_recording(void) {
  __atomic_store_n(&straggler_guard.final, 1, __ATOMIC_RELEASE);
  __atomic_store_n(&straggler_guard.recording, 0, __ATOMIC_RELEASE);
}

/// Stops every other thread and copies what the report needs.
static void complete(StragglerThread *self) {
  // A handler of the program's that came in the middle of this might wait for a thread that stands already.
  uint64_t all = ~UINT64_C(0), before;
  straggler_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, sizeof all);
  bool all_stand = straggler_freeze(self);
  straggler_modules_read_maps();
  straggler_find_bypasses();
  straggler_copy_objects();
  if (!all_stand) straggler_stop_from_outside();
  straggler_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, sizeof before);
  end_recording();
  straggler_arena->exit.frozen = straggler_now();
  raise_phase(STRAGGLER_PHASE_FROZEN);
}

/// The exit is past its record, which another thread that was let go may end now, as it would alone.
static int finish_again(int status) { return status == asked_status ? finished_status : status; }

/// NULL where nothing is recorded, or no longer.
static StragglerThread *recorded_self(void) {
  if (!straggler_guard.recording) return NULL;
  if (straggler_current == STRAGGLER_IGNORED) return straggler_revive_self();
  return straggler_current == STRAGGLER_SLOTLESS ? straggler_adopt_self() : straggler_self();
}

static void wait_a_moment(void) {
  struct timespec moment = {0, 10000000};  // 10 ms
  if (straggler_is_confined()) straggler_wait_without_calls();
  else straggler_syscall4(SYS_nanosleep, (long)&moment, 0, 0, 0);
}

/// Completes the record. `context`: where a signal's handler found the thread; NULL where `caller` says where it stands.
static int finish(
  StragglerThread *self, uint32_t kind, int status, const ucontext_t *context, StragglerCaller caller
) {
  uint32_t finisher = 0;
  straggler_watch_end();  // before the claim: its signal would take this exit's own thread for one that comes again
  if (!__atomic_compare_exchange_n(&finish_claimed, &finisher, self->number, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    // A second thread that ends the process is one more that the first one stops, and may do so when it is let go; the same thread
    // comes here again by way of exit() within the exit.
    while (finisher != self->number && !__atomic_load_n(&is_finished, __ATOMIC_ACQUIRE)) wait_a_moment();
    return finish_again(status);
  }
  asked_status = finished_status = status;
  StragglerExit *record = &straggler_arena->exit;
  stamp_begin(status);
  if (record->thread != self->number) {
    // exit was begun by another thread, and this one ends the process before that came to its end.
    record->thread = self->number;
    __atomic_fetch_or(&self->flags, STRAGGLER_THREAD_EXITING, __ATOMIC_RELAXED);
  }
  record->kind = kind;
  record->status = status;
  raise_phase(STRAGGLER_PHASE_FREEZING);
  describe_self(self, context, caller);
  if (straggler_is_confined()) {
    if (!straggler_stop_from_outside()) straggler_arena->flags |= STRAGGLER_ARENA_FREEZE_INCOMPLETE;
    end_recording();
    __atomic_store_n(&is_finished, true, __ATOMIC_RELEASE);
    return status;
  }
  complete(self);
  finished_status = (straggler_arena->flags & STRAGGLER_ARENA_STANDALONE) ? straggler_render(status) : status;
  __atomic_store_n(&is_finished, true, __ATOMIC_RELEASE);
  straggler_release_later();
  return finished_status;
}

int straggler_exit_finish(uint32_t kind, int status) {
  if (!straggler_is_recorded_process()) return status;
  StragglerThread *self = recorded_self();
  if (self != NULL) return finish(self, kind, status, NULL, STRAGGLER_CALLER());
  return is_final() ? finish_again(status) : status;
}

void straggler_exit_end_stalled(StragglerThread *self, const ucontext_t *context) {
  int status = finish(self, STRAGGLER_EXIT_STALLED, 0, context, STRAGGLER_CALLER());
  for (;;) straggler_syscall1(SYS_exit_group, status);
}

void straggler_exit_reset(void) {
  finish_claimed = 0;
  is_finished = false;
  asked_status = finished_status = 0;
}

// MARK: - The thread runtime's side

void straggler_runtime_attach(void (*exit_sequence)(void)) {
  runtime_sequence = exit_sequence;
  if (straggler_arena != NULL && straggler_guard.recording) {
    __atomic_fetch_or(&straggler_arena->flags, STRAGGLER_ARENA_RUNTIME, __ATOMIC_RELAXED);
  }
}

void straggler_exit_phase(uint32_t phase) {
  if (straggler_arena != NULL && straggler_guard.recording) raise_phase(phase);
}

uint64_t straggler_exit_deadline(void) {
  if (straggler_arena == NULL || straggler_settings.exit_timeout == 0 || straggler_arena->exit.begun == 0) return 0;
  return straggler_arena->exit.begun + straggler_settings.exit_timeout;
}

void straggler_exit_stalled(void) {
  int status = straggler_exit_finish(STRAGGLER_EXIT_STALLED, 0);
  for (;;) straggler_syscall1(SYS_exit_group, status);
}

STRAGGLER_UNINSTRUMENTED_END
