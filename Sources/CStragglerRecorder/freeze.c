// The freeze: every other thread is stopped where it stands, and its registers and stack bytes are copied.
//
// The signal is glibc's own SIGSETXID (33): glibc keeps it out of every mask that goes through pthread_sigmask,
// sigprocmask, sigfillset, sigwait or an attribute (nptl/pthread_sigmask.c, signal/sigfillset.c), so that nothing has to be
// interposed to keep it open. Its handler is replaced by a raw system call at the freeze, when nothing of the program
// runs any more that could need the old one. A thread with hardly any stack left is stopped on its alternate stack, by glibc's
// other signal of that kind, SIGCANCEL (32): SA_ONSTACK for all would be the end of a thread whose alternate stack is too small.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/resource.h>
#include <ucontext.h>

#include "directory.h"
#include "signalroom.h"
#include "state.h"

STRAGGLER_UNINSTRUMENTED_BEGIN

enum { FALLBACK_SIGNAL = SIGURG };
static const uint64_t deadline_nanoseconds = UINT64_C(1000000000);

static uint32_t stopped;      // a futex: how many threads stand
static uint32_t released;     // a futex: 1 once they may go on
static int32_t freezer;       // the kernel's id of the thread that exits

/// As the kernel takes it: include/linux/signal_types.h, struct sigaction of x86-64.
typedef struct KernelSignalAction {
  void (*handler)(int, siginfo_t *, void *);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
} KernelSignalAction;

static KernelSignalAction replaced_action;  // glibc's own for the freeze signal
static KernelSignalAction replaced_cancel_action, replaced_fallback_action;  // glibc's, the program's
static bool all_answered;     // nobody who was sent a signal may still get it
static bool uses_fallback;

void straggler_freeze_reset(void) {
  stopped = 0;
  released = 0;
  freezer = 0;
  all_answered = false;
  uses_fallback = false;
}

static bool lives(const StragglerThread *slot) {
  return slot->state == STRAGGLER_SLOT_ALIVE || slot->state == STRAGGLER_SLOT_STARTING;
}

/// A thread that has ended for us and is just leaving the kernel; the main thread stays there, dead, as long as others live.
static bool is_ending(int tid) {
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    const StragglerThread *slot = straggler_slot(index);
    if (slot->state == STRAGGLER_SLOT_ENDED && slot->tid == tid) return true;
  }
  return false;
}

/// The slot of a thread by the kernel's id. Slots and ids mostly stand in the same order: the search begins behind the last
/// one that was found.
static StragglerThread *slot_of(int tid) {
  static uint32_t hint;
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  uint32_t first = __atomic_load_n(&hint, __ATOMIC_RELAXED);
  for (uint32_t step = 0; step < used; step++) {
    uint32_t index = (first + step) % used;
    StragglerThread *slot = straggler_slot(index);
    if (!lives(slot) || slot->tid != tid) continue;
    __atomic_store_n(&hint, index + 1, __ATOMIC_RELAXED);
    return slot;
  }
  return NULL;
}

// MARK: - In the thread that is stopped

void straggler_save_registers(StragglerThread *slot, const ucontext_t *context) {
  const greg_t *from = context->uc_mcontext.gregs;
  static const int order[STRAGGLER_REGISTER_COUNT] = {
    REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
    REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP,
  };
  for (int index = 0; index < STRAGGLER_REGISTER_COUNT; index++) {
    slot->frozen.registers[index] = (uint64_t)from[order[index]];
  }
  if (slot->handle == 0) __asm__("mov %%fs:0, %0" : "=r"(slot->handle));
}

static bool has_handler(const KernelSignalAction *action) {
  return action->handler != (void *)SIG_DFL && action->handler != (void *)SIG_IGN;
}

void straggler_pass_setxid_on(siginfo_t *info, void *context) {
  if (info->si_code == SI_TKILL && has_handler(&replaced_action)) {
    replaced_action.handler(STRAGGLER_FREEZE_SIGNAL, info, context);
  }
}

static void put_back(int signal, const KernelSignalAction *action) {
  straggler_syscall4(SYS_rt_sigaction, signal, (long)action, 0, sizeof action->mask);
}

static void release(void) {
  // glibc sets its handler with the program's first pthread_cancel (nptl/pthread_cancel.c), and that does nothing with a signal of ours
  // that comes late. Where there is none, such a signal would end the process.
  if (has_handler(&replaced_cancel_action)) put_back(STRAGGLER_ALTERNATE_SIGNAL, &replaced_cancel_action);
  // The program's would do something.
  if (uses_fallback && all_answered) put_back(FALLBACK_SIGNAL, &replaced_fallback_action);
  __atomic_store_n(&released, 1, __ATOMIC_RELEASE);
  straggler_syscall3(SYS_futex, (long)&released, FUTEX_WAKE_PRIVATE, INT32_MAX);
}

/// The slot of the calling thread. The freeze may have found it just before it began its own, and made it another one; or found that of
/// a thread that left by a raw system call, whose id the kernel has given to this one since.
static StragglerThread *own_slot(StragglerThread *found, int tid) {
  StragglerThread *own = straggler_current;
  bool has_two = straggler_is_slot(own) && own != found && own->tid == tid && lives(own);
  if (!has_two) return found;
  own->frozen = found->frozen;  // its system call, as it was read for it: before the other slot may be somebody else's
  if (found->flags & STRAGGLER_THREAD_ADOPTED) __atomic_store_n(&found->state, STRAGGLER_SLOT_FREE, __ATOMIC_RELEASE);
  else __atomic_fetch_or(&found->flags, STRAGGLER_THREAD_VANISHED, __ATOMIC_RELAXED);
  return own;
}

/// Calls that a signal with a handler ends, whatever its flags are (signal(7)).
static bool ends_by_signal(int64_t system_call) {
  switch (system_call) {
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_pause:
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
    case SYS_futex:
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case 441:  // epoll_pwait2
    case SYS_semop:
    case SYS_semtimedop:
    case SYS_msgrcv:
    case SYS_msgsnd:
    case SYS_io_getevents: return true;
    default: return false;
  }
}

/// A thread that slept would find its sleep over when it is let go, and do in the middle of the exit what it would not have done
/// alone. So the interrupted call is made again: the program counter goes back to its instruction, two bytes long.
static void wait_on(const StragglerThread *slot, ucontext_t *context) {
  greg_t *registers = context->uc_mcontext.gregs;
  const StragglerFrozen *frozen = &slot->frozen;
  bool was_in_call = frozen->has_system_call && frozen->system_call_pc == (uint64_t)registers[REG_RIP] &&
                     frozen->system_call_sp == (uint64_t)registers[REG_RSP];
  if (!was_in_call || registers[REG_RAX] != -EINTR || !ends_by_signal(frozen->system_call)) return;
  registers[REG_RAX] = frozen->system_call;
  registers[REG_RIP] -= 2;
}

/// What was meant for another handler comes again when this one returns.
static void send_again(int signal, int tid) { straggler_syscall3(SYS_tgkill, straggler_arena->pid, tid, signal); }

static void stop_here(int signal, siginfo_t *info, void *context) {
  // The fallback signal may come without its value (signal_types.h: no queue entry), and a setuid that was under way sends
  // this signal too: whoever comes here stands.
  bool has_value = info->si_code == SI_QUEUE && info->si_value.sival_ptr != NULL;
  int tid = (int)straggler_syscall1(SYS_gettid, 0);
  if (tid == freezer && info->si_code == SI_TIMER) {
    // The watch's timer may have sent it just before it was deleted.
    if (info->si_value.sival_ptr == &released) release();
    return;
  }
  // glibc's setuid waits until every thread has done its part (nptl/nptl_setxid.c): that is done before it stands.
  if (signal == STRAGGLER_FREEZE_SIGNAL) straggler_pass_setxid_on(info, context);
  if (tid == freezer) return;
  // Late: the record is written, and what it says of the thread stays.
  bool is_late = __atomic_load_n(&straggler_guard.final, __ATOMIC_ACQUIRE) || __atomic_load_n(&released, __ATOMIC_ACQUIRE);
  StragglerThread *slot = has_value ? info->si_value.sival_ptr : slot_of(tid);
  // A thread on its way out may have given up its slot since, and that may be another one's now.
  if (slot != NULL && slot->tid == tid && !is_late) {
    slot = own_slot(slot, tid);
    // Its last event is behind it: a detached thread on its way out, whose slot was given up.
    if (straggler_current == STRAGGLER_IGNORED) __atomic_fetch_or(&slot->flags, STRAGGLER_THREAD_VANISHED, __ATOMIC_RELAXED);
    straggler_save_registers(slot, context);
    __atomic_store_n(&slot->frozen.outcome, STRAGGLER_FREEZE_STOPPED, __ATOMIC_RELEASE);
    __atomic_fetch_add(&stopped, 1, __ATOMIC_RELEASE);
    straggler_syscall3(SYS_futex, (long)&stopped, FUTEX_WAKE_PRIVATE, 1);
  }
  while (__atomic_load_n(&released, __ATOMIC_ACQUIRE) == 0) {
    straggler_syscall6(SYS_futex, (long)&released, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
  }
  if (slot != NULL && slot->tid == tid) wait_on(slot, context);
  bool is_cancellation = signal == STRAGGLER_ALTERNATE_SIGNAL && info->si_code == SI_TKILL;
  if (is_cancellation && has_handler(&replaced_cancel_action)) send_again(signal, tid);
}

__asm__(
  ".pushsection .text\n"
  ".hidden straggler_signal_return\n"
  ".globl straggler_signal_return\n"
  ".type straggler_signal_return, @function\n"
  "straggler_signal_return:\n"
  "  mov $15, %eax\n"
  "  syscall\n"
  ".size straggler_signal_return, . - straggler_signal_return\n"
  ".popsection\n");
extern void straggler_signal_return(void);

static void install(
  int signal, void (*handler)(int, siginfo_t *, void *), unsigned long flags, KernelSignalAction *before
) {
  enum { RESTORER = 0x04000000 };
  // SA_RESTART: what the exiting thread waits for goes on when the alarm comes.
  KernelSignalAction action = {handler, SA_SIGINFO | SA_RESTART | RESTORER | flags, straggler_signal_return, ~UINT64_C(0)};
  straggler_syscall4(SYS_rt_sigaction, signal, (long)&action, (long)before, sizeof action.mask);
}

void straggler_install_handler(void (*handler)(int, siginfo_t *, void *)) {
  KernelSignalAction before;
  install(STRAGGLER_FREEZE_SIGNAL, handler, 0, &before);
  // The first handler of ours replaces glibc's; glibc may set its own anew, with the program's first thread.
  if (before.restorer != straggler_signal_return) replaced_action = before;
}

/// Keeps what was there in `replaced`, if that was not ours: installed before, or by the parent of a child forked since.
static void install_over(int signal, unsigned long flags, KernelSignalAction *replaced) {
  KernelSignalAction before;
  install(signal, stop_here, flags, &before);
  if (before.restorer != straggler_signal_return) *replaced = before;
}

// MARK: - In the thread that exits

static bool send(StragglerThread *slot, int tid, int signal) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = signal;
  info.si_code = SI_QUEUE;
  info.si_pid = straggler_arena->pid;
  info.si_value.sival_ptr = slot;
  return straggler_syscall4(SYS_rt_tgsigqueueinfo, straggler_arena->pid, tid, signal, (long)&info) == 0;
}

/// False where the thread has to be left alone.
static bool stop_thread(StragglerThread *slot, int tid) {
  straggler_read_system_call(slot, tid);
  int signal = straggler_freeze_signal_for(slot);
  if (signal == 0) return false;
  uint32_t nothing = STRAGGLER_FREEZE_NONE;  // unfrozen until it answers
  __atomic_compare_exchange_n(
    &slot->frozen.outcome, &nothing, STRAGGLER_FREEZE_UNFROZEN, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  if (send(slot, tid, signal)) return true;
  if (signal == STRAGGLER_ALTERNATE_SIGNAL) return true;
  // RLIMIT_SIGPENDING is used up: real-time signals need a queue entry, the old ones do not, but then carry no value.
  install_over(FALLBACK_SIGNAL, 0, &replaced_fallback_action);
  uses_fallback = true;
  send(slot, tid, FALLBACK_SIGNAL);
  return true;
}

typedef struct Look {
  StragglerThread *self;
  uint32_t asked;   // threads that were sent the signal, in all looks
  uint32_t found;   // threads that this look found and no look before
  uint32_t seen;    // threads in this look
  uint32_t slotless;  // threads in this look for which there was no slot
} Look;

static void look_at(uint64_t tid, void *context) {
  Look *look = context;
  look->seen += 1;
  if ((int)tid == look->self->tid) return;
  StragglerThread *slot = slot_of((int)tid);
  if (slot == NULL) {
    if (is_ending((int)tid) || !straggler_can_be_stopped((int)tid)) return;
    slot = straggler_slot_claim(1);
    if (slot == NULL) {
      look->slotless += 1;
      return;
    }
    slot->tid = (int)tid;
    slot->flags = STRAGGLER_THREAD_ADOPTED | STRAGGLER_THREAD_DETACHED;
    __atomic_store_n(&slot->state, STRAGGLER_SLOT_ALIVE, __ATOMIC_RELEASE);
  } else if (slot->frozen.outcome != STRAGGLER_FREEZE_NONE) {
    return;
  } else if ((slot->flags & STRAGGLER_THREAD_MAIN) && !straggler_can_be_stopped((int)tid)) {
    // It left by a raw system call; the kernel keeps it, dead, as long as others live.
    __atomic_fetch_or(&slot->flags, STRAGGLER_THREAD_VANISHED, __ATOMIC_RELAXED);
    return;
  }
  if (!stop_thread(slot, (int)tid)) return;
  look->found += 1;
  look->asked += 1;
}

/// Threads that were told to stop, don't stand, and are still there. Those that ended since will never answer.
static uint32_t count_pending(void) {
  uint32_t pending = 0;
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (!lives(slot) || (slot->flags & STRAGGLER_THREAD_VANISHED)) continue;
    if (__atomic_load_n(&slot->frozen.outcome, __ATOMIC_ACQUIRE) != STRAGGLER_FREEZE_UNFROZEN) continue;
    if (straggler_syscall3(SYS_tgkill, straggler_arena->pid, slot->tid, 0) != -ESRCH) pending += 1;
  }
  return pending;
}

/// Waits until everybody who was told to stop stands or is gone. False at the deadline.
static bool wait_for_all(uint32_t asked, uint64_t deadline) {
  const int64_t slice[2] = {0, 2000000};
  for (;;) {
    uint32_t now_stopped = __atomic_load_n(&stopped, __ATOMIC_ACQUIRE);
    if (now_stopped >= asked) return true;
    long result =
      straggler_syscall6(SYS_futex, (long)&stopped, FUTEX_WAIT_PRIVATE, now_stopped, (long)slice, 0, 0);
    // The slots are counted only when nobody has answered for a while: a slot may have had two threads meanwhile.
    if (result == -ETIMEDOUT && count_pending() == 0) return true;
    if (straggler_now() >= deadline) return false;
  }
}

static bool look_at_kernels_list(Look *look) {
  if (straggler_each_number_in("/proc/self/task", look_at, look)) return true;
  // Every descriptor that the soft limit allows is taken: nothing of the program opens any from here on.
  struct rlimit limit;
  straggler_syscall4(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit);
  limit.rlim_cur = limit.rlim_max;
  straggler_syscall4(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&limit, 0);
  return straggler_each_number_in("/proc/self/task", look_at, look);
}

/// Where the kernel's list can't be had, those that were seen being created are stopped.
static void look_at_slots(Look *look) {
  uint32_t used = straggler_region(STRAGGLER_REGION_THREADS)->used;
  for (uint32_t index = 0; index < used; index++) {
    StragglerThread *slot = straggler_slot(index);
    if (lives(slot) && slot->tid != 0) look_at((uint64_t)slot->tid, look);
  }
}

/// Threads without a slot are mostly counted already, since they were created or first called something.
static void count_slotless(const Look *look) {
  StragglerRegion *region = straggler_region(STRAGGLER_REGION_THREADS);
  if (look->slotless > region->lost) __atomic_store_n(&region->lost, look->slotless, __ATOMIC_RELAXED);
}

static void stop_all(Look *look) {
  const uint64_t patience = 50000000;  // of a look that is not the last, nanoseconds
  uint64_t deadline = straggler_now() + deadline_nanoseconds;
  bool all;
  // A thread that was being born when the first look was taken is found by the next one.
  do {
    look->found = 0;
    look->seen = 0;
    look->slotless = 0;
    if (!look_at_kernels_list(look)) {
      look_at_slots(look);
      straggler_arena->flags |= STRAGGLER_ARENA_FREEZE_INCOMPLETE;
    }
    uint64_t until = straggler_now() + patience;
    all = wait_for_all(look->asked, look->found > 0 && until < deadline ? until : deadline);
  } while (look->found > 0 && straggler_now() < deadline);
  count_slotless(look);
  all_answered = all;
  if (!all) straggler_arena->flags |= STRAGGLER_ARENA_FREEZE_INCOMPLETE;
}

bool straggler_freeze(StragglerThread *self) {
  freezer = self->tid;
  straggler_forget_looks();
  straggler_install_handler(stop_here);
  install_over(STRAGGLER_ALTERNATE_SIGNAL, SA_ONSTACK, &replaced_cancel_action);
  Look look = {.self = self};
  stop_all(&look);
  straggler_arena->exit.threads_seen = look.seen;
  bool all = straggler_copy_stacks(self);
  straggler_read_names();
  return all;
}

bool straggler_make_timer(int32_t *timer, int signal, int32_t thread, void *value) {
  struct {
    void *value;
    int32_t signal, notify, thread;
    uint8_t padding[44];
  } event = {.value = value, .signal = signal, .notify = SIGEV_THREAD_ID, .thread = thread};  // struct sigevent, timer_create(2)
  return straggler_syscall3(SYS_timer_create, CLOCK_MONOTONIC, (long)&event, (long)timer) == 0;
}

// The program's exit goes on with its threads standing: none of them runs a step that it would not have run alone. But a thread
// may stand inside libc with a lock that the rest of the exit needs (stdio's list, the list of exit handlers, a stream), or
// have what another library's exit handler waits for. Then the exit comes to no end, and they are let go.
void straggler_release_later(void) {
  const uint64_t patience = 50000000;  // nanoseconds
  uint64_t signal = UINT64_C(1) << (STRAGGLER_FREEZE_SIGNAL - 1);
  straggler_syscall4(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&signal, 0, sizeof signal);
  const int64_t once[4] = {0, 0, 0, (int64_t)patience};
  int32_t timer = 0;
  bool armed = straggler_make_timer(&timer, STRAGGLER_FREEZE_SIGNAL, freezer, &released) &&
               straggler_syscall4(SYS_timer_settime, timer, 0, (long)once, 0) == 0;
  if (!armed) release();
}

STRAGGLER_UNINSTRUMENTED_END
