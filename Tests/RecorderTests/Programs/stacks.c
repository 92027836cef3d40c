// Threads that are hard to stop for want of stack: deep in their own, or on one for signals.
#include "scenario.h"

#include <limits.h>
#include <signal.h>
#include <sys/syscall.h>

static volatile pid_t special;

static void *waiting(void *name) {
  pthread_setname_np(pthread_self(), name);
  stand();
  return NULL;
}

static void *busy(void *name) {
  pthread_setname_np(pthread_self(), name);
  sem_post(&standing);
  for (volatile uint64_t count = 0;; count++) {}
  return NULL;
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

SCENARIOS(
  {"little-stack", little_stack}, {"deep-and-running", deep_and_running}, {"smallest-stack", smallest_stack},
  {"large-frames", large_frames}, {"disarmed-stack", disarmed_stack}, {"alternate-stack", alternate_stack},
  {"alternate-stack-given-up", alternate_stack_given_up}, {"smallest-alternate-stack", smallest_alternate_stack},
  {"full-alternate-stack", full_alternate_stack}, {"full-alternate-stack-running", full_alternate_stack_running})
