// Watches the exit of a linked program that nobody observes: past --exit-timeout, or once its threads are proven to wait in
// a circle, the exiting thread completes the record where it stands and ends the process.
//
// By the signal of a timer of the exiting thread's own, not by time limits of its waits: it comes wherever that thread
// stands, inside a call that nobody interposes too. It comes at the deadline, when nothing has to go on afterwards, and
// during waits that have no time limit: those the kernel takes up again (SA_RESTART; signal(7)), so that nothing of the
// program notices.
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>

#include "exitwatch.h"
#include "signalroom.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

// Two looks at a circle are this far apart, so that what was about to be given back has been.
static const uint64_t shortest_interval = UINT64_C(50000000);
static const uint64_t longest_interval = UINT64_C(1000000000);

StragglerThread *straggler_watched_thread;

static int32_t timer;
static bool has_timer;
static uint64_t deadline;     // CLOCK_MONOTONIC, nanoseconds; 0: none
static uint64_t interval;     // until the next look
static uint64_t last_circle;  // what the look before found

static void come_at(uint64_t time) {
  const uint64_t second = UINT64_C(1000000000);
  // A time of 0 disarms it (timer_settime(2)).
  const int64_t once[4] = {0, 0, (int64_t)(time / second), (int64_t)(time % second)};
  straggler_syscall4(SYS_timer_settime, timer, TIMER_ABSTIME, (long)once, 0);
}

static void come_after_interval(void) {
  uint64_t next = straggler_now() + interval;
  come_at(deadline != 0 && deadline < next ? deadline : next);
}

/// Whether it can be proven that a wait has no end: somebody in particular would have to end it, and no time limit does.
static bool is_provable(const StragglerWait *wait) {
  if (wait->mode & STRAGGLER_MODE_TIMED) return false;
  switch (wait->kind) {
    case STRAGGLER_RESOURCE_MUTEX:
    case STRAGGLER_RESOURCE_RECURSIVE_MUTEX:
    case STRAGGLER_RESOURCE_READ_WRITE_LOCK:
    case STRAGGLER_RESOURCE_SPIN_LOCK:
    case STRAGGLER_RESOURCE_STREAM_LOCK:
    case STRAGGLER_RESOURCE_ONCE:
    case STRAGGLER_RESOURCE_JOIN: return true;
    default: return false;
  }
}

/// The circle that the exiting thread waits in was there at the look before, too.
static bool is_proven(StragglerThread *self, uint64_t sp) {
  bool in_wait = is_provable(&self->wait) && sp < self->wait.capture.sp;
  uint64_t circle = in_wait ? straggler_find_deadlock(self) : 0;
  bool proven = circle != 0 && circle == last_circle;
  last_circle = circle;
  interval = circle != 0 || interval == 0 ? shortest_interval : interval * 2;
  if (interval > longest_interval) interval = longest_interval;
  return proven;
}

/// The call that the signal interrupted, if it is one that would be taken up again: then the program counter is back at its
/// `syscall` instruction, and its number is back in rax.
static void note_system_call(StragglerThread *self, const ucontext_t *context) {
  static const int order[6] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
  const greg_t *registers = context->uc_mcontext.gregs;
  uint64_t pc = (uint64_t)registers[REG_RIP];
  uint8_t instruction[2];
  if (straggler_read_memory(pc, instruction, 2) != 2 || instruction[0] != 0x0f || instruction[1] != 0x05) return;
  self->frozen.system_call = registers[REG_RAX];
  for (int index = 0; index < 6; index++) {
    self->frozen.system_call_arguments[index] = (uint64_t)registers[order[index]];
  }
  self->frozen.system_call_sp = (uint64_t)registers[REG_RSP];
  self->frozen.system_call_pc = pc + 2;
  self->frozen.has_system_call = 1;
}

static void come(int signal, siginfo_t *info, void *place) {
  (void)signal;
  StragglerThread *self = straggler_watched_thread;
  if (self == NULL || info->si_code != SI_TIMER || info->si_value.sival_ptr != &timer) {
    straggler_pass_setxid_on(info, place);
    return;
  }
  if (straggler_is_confined()) return;
  const ucontext_t *context = place;
  bool is_late = deadline != 0 && straggler_now() >= deadline;
  if (is_late || is_proven(self, (uint64_t)context->uc_mcontext.gregs[REG_RSP])) {
    note_system_call(self, context);
    straggler_exit_end_stalled(self, context);
  }
  if (is_provable(&self->wait)) come_after_interval();
  else if (deadline != 0) come_at(deadline);
}

static bool make_timer(void) {
  if (has_timer) return true;
  straggler_install_handler(come);
  has_timer = straggler_make_timer(&timer, STRAGGLER_FREEZE_SIGNAL, straggler_watched_thread->tid, &timer);
  return has_timer;
}

void straggler_watch_exit(StragglerThread *self) {
  straggler_watched_thread = self;
  deadline = straggler_settings.exit_timeout != 0 ? straggler_arena->exit.begun + straggler_settings.exit_timeout : 0;
  if (deadline != 0 && make_timer()) come_at(deadline);
}

void straggler_watch_thread_made(void) {
  if (!has_timer || straggler_is_confined()) return;
  straggler_install_handler(come);
  // A time that came meanwhile was told to glibc, to which it means nothing: one that is over comes at once.
  if (deadline != 0) come_at(deadline);
}

void straggler_watch_wait(void) {
  if (straggler_is_confined() || !is_provable(&straggler_watched_thread->wait) || !make_timer()) return;
  interval = shortest_interval;
  last_circle = 0;
  come_after_interval();
}

void straggler_watch_wait_ended(void) {
  if (has_timer && !straggler_is_confined()) come_at(deadline);
}

void straggler_watch_end(void) {
  straggler_watched_thread = NULL;
  // Two threads may come to end the process at the same time.
  bool had_timer = __atomic_exchange_n(&has_timer, false, __ATOMIC_ACQ_REL);
  if (had_timer && !straggler_is_confined()) straggler_syscall1(SYS_timer_delete, timer);
}

void straggler_watch_reset(void) {
  straggler_watched_thread = NULL;
  has_timer = false;
}

STRAGGLER_UNINSTRUMENTED_END
