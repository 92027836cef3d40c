// Threads that are hard to stop: deaf to signals, many, being born, on their way out.
#include "scenario.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

static void *in_sigwait(void *name) {
  sigset_t all;
  int signal;
  block_all(&all);
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (;;) sigwait(&all, &signal);
  return NULL;
}

static void *in_sigsuspend(void *name) {
  sigset_t all;
  sigfillset(&all);
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (;;) sigsuspend(&all);
  return NULL;
}

static void *in_ppoll(void *name) {
  sigset_t all;
  sigfillset(&all);
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (;;) ppoll(NULL, 0, NULL, &all);
  return NULL;
}

static void *in_epoll_pwait(void *name) {
  sigset_t all;
  sigfillset(&all);
  int set = epoll_create1(0);
  struct epoll_event event;
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (;;) epoll_pwait(set, &event, 1, -1, &all);
  return NULL;
}

static int deaf_threads(void) {
  start(deaf, "deaf");
  start(in_sigwait, "sigwait");
  start(in_sigsuspend, "sigsuspend");
  start(in_ppoll, "ppoll");
  start(in_epoll_pwait, "epoll");
  await_standing(5);
  return 0;
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

static int unstoppable(void) {
  start(truly_deaf, "unstoppable");
  start(deaf, "deaf");
  await_standing(2);
  await_system_call(special, IN_PAUSE);
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
  start(in_sigsuspend, "sigsuspend");
  await_standing(2);
  return 0;
}

static int all_ignored(void) {
  for (int signal_number = 1; signal_number < NSIG; signal_number++) signal(signal_number, SIG_IGN);
  start(deaf, "deaf");
  start(in_sigsuspend, "sigsuspend");
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

SCENARIOS(
  {"deaf-threads", deaf_threads}, {"unstoppable", unstoppable}, {"all-handled", all_handled},
  {"all-ignored", all_ignored}, {"no-signal-queue", no_signal_queue}, {"births-and-deaths", births_and_deaths},
  {"detached-births", detached_births}, {"just-joined", just_joined}, {"just-detached", just_detached},
  {"thousand", thousand}, {"busy-threads", busy_threads}, {"little-stack", little_stack},
  {"deep-and-running", deep_and_running}, {"smallest-stack", smallest_stack}, {"vfork-parent", vfork_parent},
  {"disarmed-stack", disarmed_stack}, {"alternate-stack", alternate_stack}, {"alternate-stack-given-up", alternate_stack_given_up},
  {"vforking", vforking})
