// Every way out of a process, each with a thread that works on and off in a lock: whoever observes it must not change its end.
#include "scenario.h"

#include <assert.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *unused) {
  sem_post(&standing);
  for (;;) {
    pthread_mutex_lock(&m);
    pthread_mutex_unlock(&m);
  }
  return unused;
}

static void say(const char *word) { require(write(1, word, strlen(word)) == (ssize_t)strlen(word)); }

static int large_status(void) { return 259; }
static int negative_status(void) { exit(-1); }

static void say_first(void) { say("first\n"); }
static void say_second(void) { say("second\n"); }
static void end_at_once(void) { _exit(9); }
static void end_anew(void) { exit(10); }

static int callbacks(void) {
  atexit(say_first);
  atexit(say_second);
  return 4;
}

static int quick_callbacks(void) {
  at_quick_exit(say_first);
  at_quick_exit(say_second);
  atexit(end_at_once);
  quick_exit(5);
}

static int quick_callback_ends(void) {
  at_quick_exit(say_first);
  at_quick_exit(end_at_once);
  quick_exit(5);
}

static int callback_ends_at_once(void) {
  atexit(say_first);
  atexit(end_at_once);
  return 4;
}

static int callback_ends_anew(void) {
  atexit(say_first);
  atexit(end_anew);
  exit(4);
}

static int raw(void) {
  atexit(say_first);
  syscall(SYS_exit_group, 6);
  return 0;
}

static int asserted(void) {
  atexit(say_first);
  assert(!"holds");
  return 0;
}

static int by(int signal) {
  atexit(say_first);
  raise(signal);
  return 98;
}
static int aborted(void) { abort(); }
static int terminated(void) { return by(SIGTERM); }
static int interrupted(void) { return by(SIGINT); }
static int quit(void) { return by(SIGQUIT); }
static int hung_up(void) { return by(SIGHUP); }
static int by_alarm(void) { return by(SIGALRM); }
static int by_pipe(void) { return by(SIGPIPE); }
static int by_user(void) { return by(SIGUSR1); }
static int by_real_time(void) { return by(SIGRTMIN + 3); }
static int by_system_call(void) { return by(SIGSYS); }
static int killed(void) { return by(SIGKILL); }

static int wrote_to_nothing(void) {
  *(volatile int *)8 = 1;
  return 0;
}

static int divided(void) {
  volatile int one = 1, zero = 0;
  return one / zero;
}

static int beyond_the_file(void) {
  FILE *file = tmpfile();
  volatile char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
  return map[0];
}

static int trapped(void) { __builtin_trap(); }

static int recurse(volatile char *above) {
  volatile char here[4096];
  here[0] = above[0];
  if (here[0] == 1) return 0;
  return recurse(here) + here[0];
}
static int overflowed(void) {
  char byte = 0;
  return recurse(&byte);
}

static void handle_by_exit(int signal) { exit(20 + signal); }
static void handle_by_quick_exit(int signal) { quick_exit(20 + signal); }

static int on_its_own_stack(void) {
  static char alternate[64 * 1024];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_handler = handle_by_exit, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGSEGV, &action, NULL);
  return overflowed();
}

static int handler_exits(void) {
  signal(SIGTERM, handle_by_exit);
  return by(SIGTERM);
}

static int handler_exits_quickly(void) {
  signal(SIGINT, handle_by_quick_exit);
  return by(SIGINT);
}

static void *exit_here(void *status) { exit((int)(intptr_t)status); }

static int from_thread(void) {
  start(exit_here, (void *)11);
  for (;;) pause();
  return 98;
}

static pthread_barrier_t barrier;
static void wait_for_other(void) {
  pthread_barrier_wait(&barrier);
  for (;;) pause();
}
static void *end_while_main_exits(void *unused) {
  pthread_barrier_wait(&barrier);
  _exit(12);
  return unused;
}

static int at_once_while_main_exits(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  start(end_while_main_exits, NULL);
  atexit(wait_for_other);
  return 4;
}

static void *end_soon(void *unused) { return unused; }

static int main_leaves(void) {
  start(end_soon, NULL);
  pthread_exit((void *)7);
}

static int executes(void) {
  execl("/bin/sh", "sh", "-c", "exit 13", NULL);
  return 0;
}

static void *execute(void *unused) {
  executes();
  return unused;
}

static int executes_from_thread(void) {
  start(execute, NULL);
  for (;;) pause();
  return 98;
}

static void *create_for_ever(void *unused) {
  sem_post(&standing);
  for (;;) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, end_soon, NULL) == 0) pthread_join(thread, NULL);
  }
  return unused;
}

static int amid_creations(void) {
  start(create_for_ever, NULL);
  await_standing(1);
  return 14;
}

static sigjmp_buf place;
static void jump(int signal) { siglongjmp(place, signal); }

static int jumped_out_of_a_fault(void) {
  signal(SIGSEGV, jump);
  if (sigsetjmp(place, 1) == 0) wrote_to_nothing();
  return 15;
}

static int buffered(void) {
  printf("buffered");
  return 0;
}

#define WORKING(scenario)                                  \
  static int scenario##_while_working(void) {              \
    start(work, NULL);                                     \
    await_standing(1);                                     \
    return scenario();                                     \
  }
#define WAYS(F)                                                                                                     \
  F(large_status) F(negative_status) F(callbacks) F(quick_callbacks) F(quick_callback_ends) F(callback_ends_at_once) \
  F(callback_ends_anew) F(raw) F(asserted) F(aborted) F(terminated) F(interrupted) F(quit) F(hung_up) F(by_alarm)     \
  F(by_pipe) F(by_user) F(by_real_time) F(by_system_call) F(killed) F(wrote_to_nothing) F(divided) F(beyond_the_file)  \
  F(trapped) F(overflowed) F(on_its_own_stack) F(handler_exits) F(handler_exits_quickly) F(from_thread)               \
  F(at_once_while_main_exits) F(main_leaves) F(executes) F(executes_from_thread) F(amid_creations)                    \
  F(jumped_out_of_a_fault) F(buffered)
WAYS(WORKING)

#define ENTRY(scenario) {#scenario, scenario##_while_working},
int main(int argument_count, char **arguments) {
  static const Scenario scenarios[] = {WAYS(ENTRY)};
  struct rlimit none = {0, 0};
  // Where main leaves, the working thread goes on for ever.
  if (argument_count > 1 && strcmp(arguments[1], "main_leaves") == 0) {
    sem_init(&standing, 0, 0);
    return main_leaves();
  }
  setrlimit(RLIMIT_CORE, &none);
  return run_scenario(scenarios, sizeof scenarios / sizeof *scenarios, argument_count, arguments);
}
