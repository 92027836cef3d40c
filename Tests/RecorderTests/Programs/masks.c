// Threads that are hard to stop by a signal: deaf to all of them, in vfork, or with their process's queue or handlers in the way.
#include "scenario.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>

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

SCENARIOS(
  {"deaf-threads", deaf_threads}, {"deaf-to-all", deaf_to_all}, {"deaf-to-all-through-libc", deaf_to_all_through_libc},
  {"unstoppable", unstoppable}, {"all-handled", all_handled}, {"all-ignored", all_ignored},
  {"no-signal-queue", no_signal_queue}, {"no-signal-queue-and-urgent", no_signal_queue_and_urgent},
  {"vfork-parent", vfork_parent}, {"vfork-parents", vfork_parents},
  {"vfork-parents-in-children", vfork_parents_in_children})
