// Threads that are hard to stop: deaf to signals, many, being born, on their way out.
#include "scenario.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <fcntl.h>

static void block_all(sigset_t *set) {
  sigfillset(set);
  require(pthread_sigmask(SIG_BLOCK, set, NULL) == 0);
}

static void *deaf(void *name) {
  sigset_t all;
  block_all(&all);
  pthread_setname_np(pthread_self(), name);
  stand();
  return NULL;
}

/// A call that waits while a set of signals is blocked, or taken out of the queue instead of being handled.
typedef struct DeafCall {
  const char *name;
  void (*wait)(sigset_t *set);
  int system_call;
} DeafCall;

static void in_sigwait(sigset_t *set) {
  int number;
  sigwait(set, &number);
}
static void in_sigwaitinfo(sigset_t *set) { sigwaitinfo(set, NULL); }
static void in_sigtimedwait(sigset_t *set) {
  struct timespec day = {86400, 0};
  sigtimedwait(set, NULL, &day);
}
static void in_sigsuspend(sigset_t *set) { sigsuspend(set); }
static void in_ppoll(sigset_t *set) { ppoll(NULL, 0, NULL, set); }
static void in_pselect(sigset_t *set) { pselect(0, NULL, NULL, NULL, NULL, set); }
static void in_epoll_pwait(sigset_t *set) {
  static __thread int events = -1;
  struct epoll_event event;
  if (events < 0) events = epoll_create1(0);
  epoll_pwait(events, &event, 1, -1, set);
}
static void in_epoll_pwait2(sigset_t *set) {
  static __thread int events = -1;
  struct epoll_event event;
  if (events < 0) events = epoll_create1(0);
  epoll_pwait2(events, &event, 1, NULL, set);
}
static void blocked_by_sigmask(sigset_t *set) {
  pthread_sigmask(SIG_SETMASK, set, NULL);
  pause();
}
static void blocked_by_procmask(sigset_t *set) {
  sigprocmask(SIG_SETMASK, set, NULL);
  pause();
}
static void blocked_by_system_call(sigset_t *set) {
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, set, NULL, sizeof(uint64_t));
  pause();
}
static void wait_in_handler(int number) {
  (void)number;
  for (;;) pause();
}
static void in_handler(sigset_t *set) {
  struct sigaction action = {.sa_handler = wait_in_handler, .sa_mask = *set};
  require(sigaction(SIGUSR2, &action, NULL) == 0);
  raise(SIGUSR2);
}
static void by_its_attributes(sigset_t *set) {
  (void)set;
  pause();
}

// The system calls' numbers: asm/unistd_64.h.
enum {
  IN_READ = 0, IN_SIGTIMEDWAIT = 128, IN_SIGSUSPEND = 130, IN_PSELECT = 270, IN_PPOLL = 271, IN_EPOLL_PWAIT = 281,
  IN_EPOLL_PWAIT2 = 441,
};

static sigset_t deaf_to;
static _Atomic pid_t deaf_thread;

static void *be_deaf(void *argument) {
  DeafCall *call = argument;
  sigset_t set = deaf_to;
  pthread_setname_np(pthread_self(), call->name);
  deaf_thread = gettid();
  sem_post(&standing);
  for (;;) call->wait(&set);
  return NULL;
}

/// Starts the threads one after the other: each stands in its call before the next one begins.
static int start_deaf(DeafCall *calls, size_t count) {
  for (size_t index = 0; index < count; index++) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    if (calls[index].wait == by_its_attributes) require(pthread_attr_setsigmask_np(&attributes, &deaf_to) == 0);
    require(pthread_create(&thread, &attributes, be_deaf, &calls[index]) == 0);
    await_standing(1);
    await_system_call(deaf_thread, calls[index].system_call);
  }
  return 0;
}

#define START_DEAF(...)                                                \
  static DeafCall calls[] = {__VA_ARGS__};                              \
  return start_deaf(calls, sizeof calls / sizeof *calls)

static int deaf_threads(void) {
  sigfillset(&deaf_to);
  START_DEAF(
    {"sigmask", blocked_by_sigmask, IN_PAUSE}, {"procmask", blocked_by_procmask, IN_PAUSE},
    {"attributes", by_its_attributes, IN_PAUSE}, {"handler", in_handler, IN_PAUSE}, {"sigwait", in_sigwait, IN_SIGTIMEDWAIT},
    {"sigwaitinfo", in_sigwaitinfo, IN_SIGTIMEDWAIT}, {"sigtimedwait", in_sigtimedwait, IN_SIGTIMEDWAIT},
    {"sigsuspend", in_sigsuspend, IN_SIGSUSPEND}, {"ppoll", in_ppoll, IN_PPOLL}, {"pselect", in_pselect, IN_PSELECT},
    {"epoll_pwait", in_epoll_pwait, IN_EPOLL_PWAIT}, {"epoll_pwait2", in_epoll_pwait2, IN_EPOLL_PWAIT2});
}

/// A set that nobody made by sigfillset has glibc's own two signals in it, and these calls hand it to the kernel as it is.
static int deaf_to_all(void) {
  memset(&deaf_to, 0xff, sizeof deaf_to);
  START_DEAF(
    {"system call", blocked_by_system_call, IN_PAUSE}, {"sigsuspend", in_sigsuspend, IN_SIGSUSPEND},
    {"ppoll", in_ppoll, IN_PPOLL}, {"pselect", in_pselect, IN_PSELECT}, {"epoll_pwait", in_epoll_pwait, IN_EPOLL_PWAIT},
    {"epoll_pwait2", in_epoll_pwait2, IN_EPOLL_PWAIT2}, {"handler", in_handler, IN_PAUSE},
    // These take the freeze's signal out of the queue, and are not interrupted by it.
    {"sigwait", in_sigwait, IN_SIGTIMEDWAIT}, {"sigwaitinfo", in_sigwaitinfo, IN_SIGTIMEDWAIT});
}

/// libc leaves its own two signals out of such a set in these calls.
static int deaf_to_all_through_libc(void) {
  memset(&deaf_to, 0xff, sizeof deaf_to);
  START_DEAF(
    {"sigmask", blocked_by_sigmask, IN_PAUSE}, {"procmask", blocked_by_procmask, IN_PAUSE},
    {"attributes", by_its_attributes, IN_PAUSE});
}

static void *suspended(void *name) {
  sigset_t all;
  sigfillset(&all);
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (;;) sigsuspend(&all);
  return NULL;
}

static volatile pid_t special;

static void *truly_deaf(void *name) {
  uint64_t all = ~UINT64_C(0);
  pthread_setname_np(pthread_self(), name);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
  special = gettid();
  stand();
  return NULL;
}

/// Written when the exit flushes its streams, after the freeze.
static struct timespec exit_begins;
static ssize_t tell_duration(void *cookie, const char *bytes, size_t size) {
  (void)cookie, (void)bytes;
  struct timespec now;
  char line[64];
  clock_gettime(CLOCK_MONOTONIC, &now);
  long milliseconds = (now.tv_sec - exit_begins.tv_sec) * 1000 + (now.tv_nsec - exit_begins.tv_nsec) / 1000000;
  int length = snprintf(line, sizeof line, "milliseconds %ld\n", milliseconds);
  require(write(1, line, (size_t)length) == length);
  return (ssize_t)size;
}

static void measure_exit(void) {
  cookie_io_functions_t functions = {.write = tell_duration};
  FILE *stream = fopencookie(NULL, "w", functions);
  require(stream != NULL && fputc('x', stream) == 'x');
  clock_gettime(CLOCK_MONOTONIC, &exit_begins);
}

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static int pipe_ends[2];

static void *hold_journal(void *name) {
  pthread_setname_np(pthread_self(), name);
  pthread_mutex_lock(&journal);
  stand();
  return NULL;
}

static void become_deaf(const char *name) {
  uint64_t all = ~UINT64_C(0);
  pthread_setname_np(pthread_self(), name);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
  deaf_thread = gettid();
  sem_post(&standing);
}

static void *take_journal_deaf(void *name) {
  become_deaf(name);
  pthread_mutex_lock(&journal);
  return NULL;
}

/// As a library does whose calls of libc nobody sees.
static void *take_journal_unseen(void *name) {
  become_deaf(name);
  syscall(SYS_futex, &journal, 128, 2, NULL);  // FUTEX_WAIT_PRIVATE: linux/futex.h
  return NULL;
}

static void *read_pipe_deaf(void *name) {
  char byte;
  become_deaf(name);
  require(read(pipe_ends[0], &byte, 1) == 1);
  return NULL;
}

static void start_and_await(void *(*routine)(void *), const char *name, int system_call) {
  start(routine, (void *)name);
  await_standing(1);
  await_system_call(deaf_thread, system_call);
}

static void deaf_and_waiting(void) {
  tell("journal", &journal);
  require(pipe(pipe_ends) == 0);
  start(hold_journal, "holder");
  await_standing(1);
  start_and_await(take_journal_deaf, "taker", IN_FUTEX);
  start_and_await(take_journal_unseen, "unseen", IN_FUTEX);
  start_and_await(read_pipe_deaf, "reader", IN_READ);
}

static int unstoppable(void) {
  start(truly_deaf, "unstoppable");
  start(deaf, "deaf");
  await_standing(2);
  await_system_call(special, IN_PAUSE);
  deaf_and_waiting();
  measure_exit();
  return 0;
}

static void handle(int signal) {
  (void)signal;
  _exit(66);
}

static int all_handled(void) {
  for (int signal = 1; signal < NSIG; signal++) {
    struct sigaction action = {.sa_handler = handle};
    sigfillset(&action.sa_mask);
    sigaction(signal, &action, NULL);
  }
  start(deaf, "deaf");
  start(suspended, "sigsuspend");
  await_standing(2);
  return 0;
}

static int all_ignored(void) {
  for (int signal_number = 1; signal_number < NSIG; signal_number++) signal(signal_number, SIG_IGN);
  start(deaf, "deaf");
  start(suspended, "sigsuspend");
  await_standing(2);
  return 0;
}

static void *waiting(void *name) {
  pthread_setname_np(pthread_self(), name);
  stand();
  return NULL;
}

static int no_signal_queue(void) {
  struct rlimit none = {0, 0};
  for (int index = 0; index < 4; index++) start(waiting, "waiting");
  await_standing(4);
  require(setrlimit(RLIMIT_SIGPENDING, &none) == 0);
  return 0;
}

/// The program's own use of the signal that the freeze falls back to.
static void count_urgent(int number) {
  (void)number;
  require(!"the program's handler is called");
}

static void *deaf_to_urgent(void *name) {
  sigset_t urgent;
  sigemptyset(&urgent);
  sigaddset(&urgent, SIGURG);
  pthread_sigmask(SIG_BLOCK, &urgent, NULL);
  deaf_thread = gettid();
  return waiting(name);
}

static int no_signal_queue_and_urgent(void) {
  struct rlimit none = {0, 0};
  signal(SIGURG, count_urgent);
  start(waiting, "waiting");
  start(deaf_to_urgent, "deaf to it");
  await_standing(2);
  await_system_call(deaf_thread, IN_PAUSE);
  require(setrlimit(RLIMIT_SIGPENDING, &none) == 0);
  return 0;
}

static void *nothing(void *unused) { return unused; }

static void *bear_threads(void *name) {
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (;;) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) == 0) pthread_join(thread, NULL);
  }
  return NULL;
}

static void *bear_detached(void *name) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (;;) {
    pthread_t thread;
    pthread_create(&thread, &attributes, nothing, NULL);
  }
  return NULL;
}

static int births_and_deaths(void) {
  start(bear_threads, "parent");
  start(bear_threads, "parent");
  await_standing(2);
  return 0;
}

static int detached_births(void) {
  start(bear_detached, "parent");
  await_standing(1);
  return 0;
}

static int just_joined(void) {
  pthread_t threads[32];
  for (int index = 0; index < 32; index++) threads[index] = start(nothing, NULL);
  for (int index = 0; index < 32; index++) join(threads[index]);
  return 0;
}

static void *post(void *semaphore) {
  sem_post(semaphore);
  return NULL;
}

static int just_detached(void) {
  for (int index = 0; index < 32; index++) pthread_detach(start(post, &standing));
  await_standing(32);
  return 0;
}

static int thousand(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  for (int index = 0; index < 1000; index++) {
    pthread_t thread;
    require(pthread_create(&thread, &attributes, waiting, "one of many") == 0);
  }
  await_standing(1000);
  return 0;
}

static void *busy(void *name) {
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (volatile uint64_t count = 0;; count++) {}
  return NULL;
}

static int busy_threads(void) {
  for (int index = 0; index < 4; index++) start(busy, "busy");
  await_standing(4);
  return 0;
}

static bool stays_running;

static void *with_little_stack(void *left) {
  pthread_attr_t attributes;
  void *bottom;
  size_t size;
  pthread_setname_np(pthread_self(), "deep");
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &bottom, &size);
  // All of the stack but `left` bytes is taken; sem_post needs little, and the system call nothing.
  char *here = __builtin_frame_address(0);
  volatile char *room = __builtin_alloca((size_t)(here - (char *)bottom) - (size_t)left);
  room[0] = 0;
  special = gettid();
  sem_post(&standing);
  while (stays_running) room[0]++;
  for (;;) syscall(SYS_pause);
  return (void *)room;
}

static int little_stack(void) {
  start(with_little_stack, (void *)1024);
  start(waiting, "waiting");
  await_standing(2);
  await_system_call(special, IN_PAUSE);
  return 0;
}

/// As above, but the thread runs: nobody can ask how deep in its stack it is.
static void *running_with_little_stack(void *left) {
  stays_running = true;
  return with_little_stack(left);
}

static int deep_and_running(void) {
  start(running_with_little_stack, (void *)1024);
  start(waiting, "waiting");
  await_standing(2);
  return 0;
}

/// The smallest stack that libc allows, of a thread that runs and has hardly used it.
static int smallest_stack(void) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  require(pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN) == 0);
  require(pthread_create(&thread, &attributes, busy, "busy") == 0);
  await_standing(1);
  return 0;
}

/// More of the stack than is copied of one, and the rest of a thread's first frames far away.
static void *with_large_frames(void *name) {
  volatile char room[200 * 1024];
  pthread_setname_np(pthread_self(), name);
  room[0] = room[sizeof room - 1] = 0;
  stand();
  return room[0] ? name : NULL;
}

static int large_frames(void) {
  start(with_large_frames, "large");
  start(waiting, "small");
  await_standing(2);
  return 0;
}

static void *in_vfork(void *name) {
  pthread_setname_np(pthread_self(), name);
  pid_t child = vfork();
  if (child == 0) {
    syscall(SYS_prctl, 1, SIGKILL);  // PR_SET_PDEATHSIG
    sem_post(&standing);
    for (;;) syscall(SYS_pause);
  }
  return NULL;
}

static int vfork_parent(void) {
  start(in_vfork, "parent");
  await_standing(1);
  return 0;
}

/// With one thread for which the freeze asks to be helped: with the others nobody can help.
static void start_vfork_parents(int count) {
  start(truly_deaf, "unstoppable");
  for (int index = 0; index < count; index++) start(in_vfork, "parent");
  await_standing(count + 1);
}

static int vfork_parents(void) {
  start_vfork_parents(6);
  measure_exit();
  return 0;
}

/// In processes that exit at the same time.
static int vfork_parents_in_children(void) {
  measure_exit();
  for (int index = 0; index < 5; index++) {
    if (fork() != 0) continue;
    start_vfork_parents(1);
    _exit(0);  // its parent's stream is not written
  }
  while (wait(NULL) > 0) {}
  return 0;
}

/// A signal stack that takes itself away while it is used (sigaltstack(2), SS_AUTODISARM).
static void stand_here(int signal) {
  (void)signal;
  sem_post(&standing);
  for (;;) pause();
}
static void *on_disarmed_stack(void *name) {
  static char alternate[64 * 1024];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = (int)(1u << 31)};
  struct sigaction action = {.sa_handler = stand_here, .sa_flags = SA_ONSTACK};
  pthread_setname_np(pthread_self(), name);
  require(sigaltstack(&stack, NULL) == 0);
  sigfillset(&action.sa_mask);
  require(sigaction(SIGUSR1, &action, NULL) == 0);
  raise(SIGUSR1);
  return NULL;
}

static int disarmed_stack(void) {
  start(on_disarmed_stack, "on its signal stack");
  await_standing(1);
  return 0;
}

static _Atomic int deep_thread;

/// Returns once the deep thread stands in its last system call: before that, nobody can know how little stack it has.
static void await_deep_thread(void) {
  for (long number = -1; number != SYS_pause; usleep(1000)) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", deep_thread);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%ld", &number) != 1) number = -1;
    if (file != NULL) fclose(file);
  }
}

/// Sets an alternate stack, and gives it up again where `kept` is null.
static void *with_alternate_stack(void *kept) {
  static char alternate[64 * 1024];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate}, none = {.ss_flags = SS_DISABLE};
  require(sigaltstack(&stack, NULL) == 0);
  if (kept == NULL) require(sigaltstack(&none, NULL) == 0);
  deep_thread = gettid();
  return with_little_stack((void *)1024);
}

static int alternate_stack(void) {
  start(with_alternate_stack, &standing);
  await_standing(1);
  await_deep_thread();
  return 0;
}

static int alternate_stack_given_up(void) {
  start(with_alternate_stack, NULL);
  await_standing(1);
  await_deep_thread();
  return 0;
}

/// The smallest alternate stack that the kernel takes: no room for a frame and a handler.
static char smallest_alternate[2][2048] __attribute__((aligned(16)));

static void *with_smallest_alternate_stack(void *index) {
  stack_t stack = {.ss_sp = smallest_alternate[(intptr_t)index], .ss_size = sizeof *smallest_alternate};
  require(sigaltstack(&stack, NULL) == 0);
  return index == NULL ? waiting("waiting") : with_little_stack((void *)1024);
}

static int smallest_alternate_stack(void) {
  start(with_smallest_alternate_stack, (void *)1);
  await_standing(1);
  await_system_call(special, IN_PAUSE);
  start(with_smallest_alternate_stack, NULL);
  await_standing(1);
  return 0;
}

/// A handler that has left a kilobyte of its alternate stack: the kernel ends who would need more of it, whatever lies below.
static char nearly_full[1 + 64 * 1024 / 4096][4096] __attribute__((aligned(4096)));
static void fill_stack(int number) {
  (void)number;
  char *here = __builtin_frame_address(0);
  volatile char *room = __builtin_alloca((size_t)(here - nearly_full[1]) - 1024);
  room[0] = 0;
  special = gettid();
  sem_post(&standing);
  while (stays_running) room[0]++;
  for (;;) syscall(SYS_pause);
}

static void *on_full_stack(void *name) {
  stack_t stack = {.ss_sp = nearly_full[1], .ss_size = sizeof nearly_full - sizeof *nearly_full};
  struct sigaction action = {.sa_handler = fill_stack, .sa_flags = SA_ONSTACK};
  pthread_setname_np(pthread_self(), name);
  require(sigaltstack(&stack, NULL) == 0);
  require(sigaction(SIGUSR1, &action, NULL) == 0);
  raise(SIGUSR1);
  return NULL;
}

static int full_alternate_stack(void) {
  start(waiting, "waiting");
  start(on_full_stack, "full");
  await_standing(2);
  await_system_call(special, IN_PAUSE);
  return 0;
}

static int full_alternate_stack_running(void) {
  stays_running = true;
  start(waiting, "waiting");
  start(on_full_stack, "full");
  await_standing(2);
  return 0;
}

/// Whether the freeze's signal, 33, waits for that thread (proc(5), SigPnd).
static bool is_signal_pending(pid_t process, pid_t thread) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/task/%d/status", process, thread);
  int file = open(path, O_RDONLY);
  require(file >= 0);
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  const char *pending = strstr(text, "SigPnd:");
  return pending != NULL && (strtoull(pending + 7, NULL, 16) >> 32 & 1) != 0;
}

/// Nothing reaches a thread while its vfork child has its memory; it stands in the first step after that.
static void *coming_back_from_vfork(void *mutex) {
  pthread_setname_np(pthread_self(), "forking");
  pthread_mutex_lock(mutex);
  volatile pid_t process = getpid(), thread = gettid();
  pid_t child = vfork();
  if (child == 0) {
    sem_post(&standing);
    while (!is_signal_pending(process, thread)) {}
    _exit(0);
  }
  require(child > 0);
  stand();
  return NULL;
}

static int vforking(void) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  start(coming_back_from_vfork, &mutex);
  await_standing(1);
  return 0;
}

/// Where a new thread stands: before the recorder's first step in it, or amid the first ones; or it takes them as the freeze's signal
/// waits for it.
enum Newborn { GROWN, BEFORE_ITS_FIRST_STEP, AMID_ITS_FIRST_STEPS, BEGINNING_AMID_THE_FREEZE };
static _Atomic enum Newborn newborn;
static _Atomic pid_t newborn_thread, creating_thread;
static __thread bool stands_once_it_has_created;
static __thread int steps_left;

/// By system calls alone: any other call would make the recorder know the thread.
static void stand_unknown(_Atomic pid_t *where) {
  *where = (pid_t)syscall(SYS_gettid);
  for (;;) syscall(SYS_pause);
}

/// Blocks every signal, and returns when that of the freeze waits.
static void await_freeze_signal(void) {
  uint64_t all = ~UINT64_C(0), pending = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
  newborn_thread = (pid_t)syscall(SYS_gettid);
  while ((pending >> 32 & 1) == 0) syscall(SYS_rt_sigpending, &pending, sizeof pending);
}

// Steps of the recorder that is linked into the program, which the linker's --wrap puts these in front of.
void __real_straggler_thread_begin(void *slot, const void *frame) __attribute__((weak));
void __wrap_straggler_thread_begin(void *slot, const void *frame) {
  if (newborn == BEFORE_ITS_FIRST_STEP) stand_unknown(&newborn_thread);
  if (newborn == AMID_ITS_FIRST_STEPS) steps_left = 2;
  if (newborn == BEGINNING_AMID_THE_FREEZE) await_freeze_signal();
  __real_straggler_thread_begin(slot, frame);
  uint64_t none = 0;
  if (newborn == BEGINNING_AMID_THE_FREEZE) syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

void __real_straggler_thread_created(void *slot, pthread_t handle) __attribute__((weak));
void __wrap_straggler_thread_created(void *slot, pthread_t handle) {
  if (stands_once_it_has_created) stand_unknown(&creating_thread);
  __real_straggler_thread_created(slot, handle);
}

pthread_t __real_pthread_self(void) __attribute__((weak));
pthread_t __wrap_pthread_self(void) {
  // Asked for first to learn where its stack is, and then to be told to the record.
  if (steps_left > 0 && --steps_left == 0) stand_unknown(&newborn_thread);
  return __real_pthread_self();
}

/// The new thread stands, or waits for the freeze.
static int await_newborn(void) {
  while (newborn_thread == 0) sched_yield();
  if (newborn != BEGINNING_AMID_THE_FREEZE) await_system_call(newborn_thread, IN_PAUSE);
  return 0;
}

static int bear(enum Newborn where) {
  newborn = where;
  start(waiting, "grown");
  return await_newborn();
}

static int newborn_before_its_first_step(void) { return bear(BEFORE_ITS_FIRST_STEP); }
static int newborn_amid_its_first_steps(void) { return bear(AMID_ITS_FIRST_STEPS); }
static int newborn_amid_the_freeze(void) { return bear(BEGINNING_AMID_THE_FREEZE); }

static void *create_and_stand(void *name) {
  pthread_setname_np(pthread_self(), name);
  newborn = BEFORE_ITS_FIRST_STEP;
  stands_once_it_has_created = true;
  start(waiting, "grown");
  return NULL;
}

/// Its creator has not said yet which thread it is.
static int newborn_whose_creator_stands(void) {
  start(create_and_stand, "creator");
  while (creating_thread == 0) sched_yield();
  await_system_call(creating_thread, IN_PAUSE);
  return await_newborn();
}

SCENARIOS(
  {"deaf-threads", deaf_threads}, {"deaf-to-all", deaf_to_all}, 
  {"deaf-to-all-through-libc", deaf_to_all_through_libc}, {"unstoppable", unstoppable}, {"all-handled", all_handled},
  {"all-ignored", all_ignored}, {"no-signal-queue", no_signal_queue}, {"births-and-deaths", births_and_deaths},
  {"detached-births", detached_births}, {"just-joined", just_joined}, {"just-detached", just_detached},
  {"thousand", thousand}, {"busy-threads", busy_threads}, {"little-stack", little_stack},
  {"deep-and-running", deep_and_running}, {"smallest-stack", smallest_stack}, {"vfork-parent", vfork_parent},
  {"vfork-parents", vfork_parents}, {"vfork-parents-in-children", vfork_parents_in_children},
  {"disarmed-stack", disarmed_stack}, {"alternate-stack", alternate_stack}, {"alternate-stack-given-up", alternate_stack_given_up},
  {"vforking", vforking}, {"large-frames", large_frames},
  {"no-signal-queue-and-urgent", no_signal_queue_and_urgent}, {"smallest-alternate-stack", smallest_alternate_stack},
  {"newborn-before-its-first-step", newborn_before_its_first_step},
  {"newborn-amid-its-first-steps", newborn_amid_its_first_steps}, {"newborn-amid-the-freeze", newborn_amid_the_freeze},
  {"newborn-whose-creator-stands", newborn_whose_creator_stands},
  {"full-alternate-stack", full_alternate_stack}, {"full-alternate-stack-running", full_alternate_stack_running})
