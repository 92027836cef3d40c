// The ways out of a process, each with a thread that holds a mutex and is left behind.
#include "scenario.h"

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *hold(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  require(pthread_mutex_lock(&m) == 0);
  stand();
  return unused;
}

static void leave_a_holder(void) {
  tell("m", &m);
  start(hold, NULL);
  await_standing(1);
}

static int returned(void) {
  leave_a_holder();
  return 3;
}

static int exited(void) {
  leave_a_holder();
  exit(3);
}

static int underscored(void) {
  leave_a_holder();
  _exit(3);
}

static int capitalized(void) {
  leave_a_holder();
  _Exit(3);
}

static int quick(void) {
  leave_a_holder();
  quick_exit(3);
}

static int raw(void) {
  leave_a_holder();
  syscall(SYS_exit_group, 3);
  return 0;
}

static int killed(void) {
  leave_a_holder();
  kill(getpid(), SIGKILL);
  for (;;) pause();
  return 0;
}

static int aborted(void) {
  leave_a_holder();
  abort();
}

static int crashed(void) {
  leave_a_holder();
  *(volatile int *)0 = 1;
  return 0;
}

static int terminated(void) {
  leave_a_holder();
  raise(SIGTERM);
  return 0;
}

static int interrupted(void) {
  leave_a_holder();
  raise(SIGINT);
  return 0;
}

static void *exit_once_joined(void *unused) {
  await_system_call(getpid(), IN_FUTEX);
  exit(4);
  return unused;
}

static int from_thread_being_joined(void) {
  leave_a_holder();
  join(start(exit_once_joined, NULL));
  return 0;
}

static pthread_t first;

static void *outlive_main(void *unused) {
  join(first);
  return unused;
}

static int last_thread(void) {
  tell("m", &m);
  first = pthread_self();
  require(pthread_mutex_lock(&m) == 0);
  start(outlive_main, NULL);
  pthread_exit(NULL);
}

static pthread_barrier_t barrier;

static void *exit_together(void *status) {
  pthread_barrier_wait(&barrier);
  exit((int)(intptr_t)status);
}

static void *underscore_exit_together(void *status) {
  pthread_barrier_wait(&barrier);
  _exit((int)(intptr_t)status);
}

static void *quick_exit_together(void *status) {
  pthread_barrier_wait(&barrier);
  quick_exit((int)(intptr_t)status);
}

static int together(void *(*one)(void *), void *(*other)(void *)) {
  leave_a_holder();
  pthread_barrier_init(&barrier, NULL, 2);
  start(one, (void *)5);
  start(other, (void *)6);
  for (;;) pause();
  return 0;
}

static int both_exit(void) { return together(exit_together, exit_together); }
static int both_underscore_exit(void) { return together(underscore_exit_together, underscore_exit_together); }
static int both_quick_exit(void) { return together(quick_exit_together, quick_exit_together); }
static int quick_and_exit(void) { return together(quick_exit_together, exit_together); }
static int quick_and_underscore_exit(void) { return together(quick_exit_together, underscore_exit_together); }
static int one_of_each(void) { return together(exit_together, underscore_exit_together); }

static void exit_again(void) { exit(8); }
static void underscore_exit_again(void) { _exit(8); }

static int in_callback(void) {
  leave_a_holder();
  atexit(exit_again);
  return 3;
}

static int underscore_in_callback(void) {
  leave_a_holder();
  atexit(underscore_exit_again);
  return 3;
}

static void handle(int signal) { _exit(signal); }

static int in_handler(void) {
  leave_a_holder();
  signal(SIGALRM, handle);
  raise(SIGALRM);
  return 0;
}

static void handle_by_exit(int signal) { exit(signal); }
static void handle_by_quick_exit(int signal) { quick_exit(signal); }

static int in_handler_by_exit(void) {
  leave_a_holder();
  signal(SIGALRM, handle_by_exit);
  raise(SIGALRM);
  return 0;
}

static int in_handler_by_quick_exit(void) {
  leave_a_holder();
  signal(SIGALRM, handle_by_quick_exit);
  raise(SIGALRM);
  return 0;
}

static void *raise_in_thread(void *unused) {
  pthread_mutex_lock(unused);
  raise(SIGALRM);
  return NULL;
}

static int raised_in_thread(void (*handler)(int)) {
  static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
  tell("own", &own);
  leave_a_holder();
  signal(SIGALRM, handler);
  join(start(raise_in_thread, &own));
  return 0;
}

static int in_handler_of_thread(void) { return raised_in_thread(handle); }
static int in_handler_of_thread_by_exit(void) { return raised_in_thread(handle_by_exit); }
static int in_handler_of_thread_by_quick_exit(void) { return raised_in_thread(handle_by_quick_exit); }

/// Main has a lock and works on; a thread ends the process.
static void *exit_alone(void *unused) {
  exit(4);
  return unused;
}
static void *underscore_exit_alone(void *unused) {
  _exit(4);
  return unused;
}
static void *quick_exit_alone(void *unused) {
  quick_exit(4);
  return unused;
}

static int while_main_works(void *(*leave)(void *)) {
  static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
  tell("own", &own);
  leave_a_holder();
  require(pthread_mutex_lock(&own) == 0);
  start(leave, NULL);
  for (volatile uint64_t count = 0;; count++) {}
  return 0;
}

static int exit_while_main_works(void) { return while_main_works(exit_alone); }
static int underscore_exit_while_main_works(void) { return while_main_works(underscore_exit_alone); }
static int quick_exit_while_main_works(void) { return while_main_works(quick_exit_alone); }

/// Threads that are mostly within the lock of the one arena that the allocator may have; blocks of these sizes it caches nowhere.
static void *allocate_for_ever(void *unused) {
  void *blocks[64] = {NULL};
  sem_post(&standing);
  for (unsigned index = 0;; index++) {
    free(blocks[index % 64]);
    blocks[index % 64] = malloc(2000 + index % 4000);
  }
  return unused;
}

static int amid_allocations(void) {
  mallopt(M_ARENA_MAX, 1);
  for (int index = 0; index < 4; index++) start(allocate_for_ever, NULL);
  leave_a_holder();
  await_standing(4);
  _exit(3);
}

/// The loader's lock is held while it calls back.
static int stand_in_loader(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)info, (void)size, (void)unused;
  stand();
  return 0;
}
static void *look_at_modules(void *unused) {
  dl_iterate_phdr(stand_in_loader, NULL);
  return unused;
}
static int amid_loader(void) {
  leave_a_holder();
  start(look_at_modules, NULL);
  await_standing(1);
  _exit(3);
}
static void say_quick(void) { require(write(1, "quick\n", 6) == 6); }
static void say_ordinary(void) { require(write(1, "ordinary\n", 9) == 9); }

static int quick_with_callbacks(void) {
  at_quick_exit(say_quick);
  atexit(say_ordinary);
  quick_exit(3);
}

static void take_and_leave(void) {
  require(pthread_mutex_lock(&m) == 0);
  require(pthread_mutex_unlock(&m) == 0);
  start(hold, NULL);
  await_standing(1);
}

static int thread_from_callback(void) {
  tell("m", &m);
  atexit(take_and_leave);
  return 3;
}

static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER, wanted = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool exit_is_past_its_record;
static sem_t has_gone_on;

/// The exit writes what a stream has buffered after every handler: it comes to no end before the threads were let go.
static ssize_t await_the_others(void *cookie, const char *bytes, size_t size) {
  (void)cookie, (void)bytes;
  exit_is_past_its_record = true;
  pthread_mutex_unlock(&wanted);
  while (sem_wait(&has_gone_on) != 0) {}
  while (sem_wait(&has_gone_on) != 0) {}
  return (ssize_t)size;
}

static void *change_hands(void *unused) {
  pthread_setname_np(pthread_self(), "busy");
  pthread_mutex_lock(&m);
  sem_post(&standing);
  while (!exit_is_past_its_record) {}
  pthread_mutex_unlock(&m);
  pthread_mutex_lock(&second);
  sem_post(&has_gone_on);
  for (;;) pause();
  return unused;
}

static void *wait_for_main(void *unused) {
  pthread_setname_np(pthread_self(), "waiting");
  sem_post(&standing);
  pthread_mutex_lock(&wanted);
  sem_post(&has_gone_on);
  for (;;) pause();
  return unused;
}

static int goes_on_after_its_record(void) {
  tell("m", &m);
  sem_init(&has_gone_on, 0, 0);
  pthread_mutex_lock(&wanted);
  start(change_hands, NULL);
  start(wait_for_main, NULL);
  await_standing(2);
  while (__atomic_load_n(&wanted.__data.__lock, __ATOMIC_ACQUIRE) != 2) sched_yield();  // 2: waited for (nptl/lowlevellock.h)
  cookie_io_functions_t functions = {.write = await_the_others};
  FILE *stream = fopencookie(NULL, "w", functions);
  require(stream != NULL && fputc('x', stream) == 'x');
  return 0;
}

/// Never comes back: what it waits for does not come.
static ssize_t await_nothing(void *cookie, const char *bytes, size_t size) {
  (void)cookie, (void)bytes;
  exit_is_past_its_record = true;
  for (;;) pause();
  return (ssize_t)size;
}

static void *end_with_nine(void *unused) {
  sem_post(&standing);
  while (!exit_is_past_its_record) {}
  _exit(9);
  return unused;
}

static int ended_by_another_after_its_record(void) {
  start(end_with_nine, NULL);
  await_standing(1);
  cookie_io_functions_t functions = {.write = await_nothing};
  FILE *stream = fopencookie(NULL, "w", functions);
  require(stream != NULL && fputc('x', stream) == 'x');
  return 0;
}

static pthread_t reader;
static int ends[2];

static void *read_nothing(void *unused) {
  char byte;
  sem_post(&standing);
  require(read(ends[0], &byte, 1) == 1);
  return unused;
}

static ssize_t cancel_and_join(void *cookie, const char *bytes, size_t size) {
  (void)cookie, (void)bytes;
  void *result;
  require(pthread_cancel(reader) == 0 && pthread_join(reader, &result) == 0 && result == PTHREAD_CANCELED);
  require(write(STDOUT_FILENO, "cancelled\n", 10) == 10);
  return (ssize_t)size;
}

/// libc sets the handler by which it cancels once, with the first cancellation: after the record it must be there again.
static int cancels_after_its_record(void) {
  require(pipe(ends) == 0);
  pthread_t first_cancelled = start(read_nothing, NULL);
  require(pthread_cancel(first_cancelled) == 0);
  join(first_cancelled);
  reader = start(read_nothing, NULL);
  await_standing(2);
  cookie_io_functions_t functions = {.write = cancel_and_join};
  FILE *stream = fopencookie(NULL, "w", functions);
  require(stream != NULL && fputc('x', stream) == 'x');
  return 0;
}

static _Atomic int urgent_signals;
static void count_urgent(int number) {
  require(number == SIGURG);
  urgent_signals++;
}

static struct sigaction urgent_action;

/// After the record the action is the program's own again, and its handler is called: in this thread, and in one that was stopped.
static ssize_t use_urgent(void *cookie, const char *bytes, size_t size) {
  (void)cookie, (void)bytes;
  struct sigaction now;
  require(sigaction(SIGURG, NULL, &now) == 0);
  require(now.sa_handler == urgent_action.sa_handler && now.sa_flags == urgent_action.sa_flags);
  for (int number = 1; number < NSIG; number++) {
    require(sigismember(&now.sa_mask, number) == sigismember(&urgent_action.sa_mask, number));
  }
  require(raise(SIGURG) == 0 && pthread_kill(reader, SIGURG) == 0);
  int expected = urgent_action.sa_handler == count_urgent ? 2 : 0;
  while (urgent_signals < expected) sched_yield();
  require(write(STDOUT_FILENO, "as before\n", 10) == 10);
  return (ssize_t)size;
}

/// Without a queue for signals the threads are stopped by SIGURG.
static int urgent(void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = handler == count_urgent ? SA_RESTART | SA_NODEFER : 0};
  if (handler == count_urgent) sigaddset(&action.sa_mask, SIGUSR1);
  require(sigaction(SIGURG, &action, NULL) == 0 && sigaction(SIGURG, NULL, &urgent_action) == 0);
  require(pipe(ends) == 0);
  reader = start(read_nothing, NULL);
  await_standing(1);
  struct rlimit none = {0, 0};
  require(setrlimit(RLIMIT_SIGPENDING, &none) == 0);
  cookie_io_functions_t functions = {.write = use_urgent};
  FILE *stream = fopencookie(NULL, "w", functions);
  require(stream != NULL && fputc('x', stream) == 'x');
  return 0;
}

static int urgent_handled(void) { return urgent(count_urgent); }
static int urgent_ignored(void) { return urgent(SIG_IGN); }
static int urgent_by_default(void) { return urgent(SIG_DFL); }

static _Atomic pid_t vforking_thread;

/// The signals of a cancellation, 32, and of the freeze, 33, reach it together, once its child has gone.
static void *cancelled_amid_vfork(void *unused) {
  require(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL) == 0);
  volatile pid_t process = getpid(), thread = gettid();
  pid_t child = vfork();
  if (child == 0) {
    vforking_thread = thread;
    while (!is_signal_pending(process, thread, FREEZE_SIGNAL)) {}
    _exit(0);
  }
  require(child > 0);
  // No place where libc looks for a cancellation: its signal has to come.
  for (;;) syscall(SYS_pause);
  return unused;
}

static ssize_t join_cancelled(void *cookie, const char *bytes, size_t size) {
  (void)cookie, (void)bytes;
  void *result;
  require(pthread_join(reader, &result) == 0 && result == PTHREAD_CANCELED);
  require(write(STDOUT_FILENO, "cancelled\n", 10) == 10);
  return (ssize_t)size;
}

static int cancels_as_the_freeze_comes(void) {
  alarm(20);
  reader = start(cancelled_amid_vfork, NULL);
  while (vforking_thread == 0) sched_yield();
  require(pthread_cancel(reader) == 0);
  require(is_signal_pending(getpid(), vforking_thread, 32));
  cookie_io_functions_t functions = {.write = join_cancelled};
  FILE *stream = fopencookie(NULL, "w", functions);
  require(stream != NULL && fputc('x', stream) == 'x');
  return 0;
}

static int nothing(void) { return 0; }

SCENARIOS(
  {"returned", returned}, {"exited", exited}, {"underscored", underscored}, {"capitalized", capitalized},
  {"quick", quick}, {"raw", raw}, {"killed", killed}, {"aborted", aborted}, {"crashed", crashed},
  {"terminated", terminated}, {"from-thread-being-joined", from_thread_being_joined}, {"last-thread", last_thread},
  {"both-exit", both_exit}, {"both-underscore-exit", both_underscore_exit}, {"one-of-each", one_of_each},
  {"both-quick-exit", both_quick_exit}, {"quick-and-exit", quick_and_exit},
  {"quick-and-underscore-exit", quick_and_underscore_exit},
  {"in-callback", in_callback}, {"underscore-in-callback", underscore_in_callback}, {"in-handler", in_handler},
  {"in-handler-of-thread", in_handler_of_thread}, {"quick-with-callbacks", quick_with_callbacks},
  {"thread-from-callback", thread_from_callback}, {"nothing", nothing},
  {"interrupted", interrupted}, {"in-handler-by-exit", in_handler_by_exit},
  {"in-handler-by-quick-exit", in_handler_by_quick_exit}, {"in-handler-of-thread-by-exit", in_handler_of_thread_by_exit},
  {"in-handler-of-thread-by-quick-exit", in_handler_of_thread_by_quick_exit},
  {"exit-while-main-works", exit_while_main_works}, {"underscore-exit-while-main-works", underscore_exit_while_main_works},
  {"quick-exit-while-main-works", quick_exit_while_main_works}, {"amid-allocations", amid_allocations},
  {"amid-loader", amid_loader}, {"goes-on-after-its-record", goes_on_after_its_record},
  {"cancels-after-its-record", cancels_after_its_record}, {"cancels-as-the-freeze-comes", cancels_as_the_freeze_comes},
  {"urgent-handled", urgent_handled}, {"urgent-ignored", urgent_ignored}, {"urgent-by-default", urgent_by_default},
  {"ended-by-another-after-its-record", ended_by_another_after_its_record})
