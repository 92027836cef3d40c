// Threads that come and go while the process is frozen, or are many: being born, getting their place in the record, on their way out,
// coming back from vfork.
#include "scenario.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static void *waiting(void *name) {
  pthread_setname_np(pthread_self(), name);
  stand();
  return NULL;
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

/// libc's own function, past the recorder.
static void *in_libc(const char *name) {
  void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
  require(libc != NULL);
  void *function = dlsym(libc, name);
  require(function != NULL);
  return function;
}

static _Atomic int listener = -1;

/// From here on the thread stands in each request for the arena's memory (MADV_POPULATE_WRITE is 23, asm-generic/mman-common.h) until
/// somebody answers the listener, which nobody does (seccomp_unotify(2)).
static void stand_where_memory_is_taken(void) {
  struct sock_filter steps[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 23, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof steps / sizeof *steps, steps};
  int (*set)(int, ...) = (int (*)(int, ...))in_libc("prctl");
  long (*call)(long, ...) = (long (*)(long, ...))in_libc("syscall");
  require(set(PR_SET_NAME, "adopting") == 0 && set(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  listener = (int)call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  require(listener >= 0);
}

static void *take_its_first_lock(void *mutex) {
  stand_where_memory_is_taken();
  pthread_mutex_lock(mutex);
  return NULL;
}

/// The thread that nobody was seen creating is just being given a place in the record.
static int amid_an_adoption(void) {
  static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
  typedef int (*Create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  Create create = (Create)in_libc("pthread_create");
  pthread_t thread;
  require(create(&thread, NULL, take_its_first_lock, &first) == 0);
  while (listener < 0) sched_yield();
  struct pollfd asked = {.fd = listener, .events = POLLIN};
  require(poll(&asked, 1, -1) == 1);
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

/// Nothing reaches a thread while its vfork child has its memory; it stands in the first step after that.
static void *coming_back_from_vfork(void *mutex) {
  pthread_setname_np(pthread_self(), "forking");
  pthread_mutex_lock(mutex);
  volatile pid_t process = getpid(), thread = gettid();
  pid_t child = vfork();
  if (child == 0) {
    sem_post(&standing);
    while (!is_signal_pending(process, thread, FREEZE_SIGNAL)) {}
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

/// What StragglerRecorder.h has of the same name.
typedef struct StragglerExec {
  void *self, *mark;
  uint32_t exiting_thread;
  bool was_exiting;
} StragglerExec;

static _Atomic pid_t executing_thread;

StragglerExec __real_straggler_exec_begin(void *self) __attribute__((weak));
StragglerExec __wrap_straggler_exec_begin(void *self) {
  StragglerExec begun = __real_straggler_exec_begin(self);
  executing_thread = (pid_t)syscall(SYS_gettid);
  for (;;) syscall(SYS_pause);
  return begun;
}

static void *execute(void *name) {
  pthread_setname_np(pthread_self(), name);
  execl("/bin/true", "true", NULL);
  return NULL;
}

/// The exit comes when another thread has noted what the others do, and has not yet replaced them.
static int amid_an_exec(void) {
  start(waiting, "waiting");
  await_standing(1);
  start(execute, "executing");
  while (executing_thread == 0) sched_yield();
  await_system_call(executing_thread, IN_PAUSE);
  return 0;
}

SCENARIOS(
  {"births-and-deaths", births_and_deaths}, {"detached-births", detached_births}, {"just-joined", just_joined},
  {"just-detached", just_detached}, {"amid-an-adoption", amid_an_adoption}, {"thousand", thousand},
  {"busy-threads", busy_threads}, {"vforking", vforking},
  {"newborn-before-its-first-step", newborn_before_its_first_step},
  {"newborn-amid-its-first-steps", newborn_amid_its_first_steps}, {"newborn-amid-the-freeze", newborn_amid_the_freeze},
  {"newborn-whose-creator-stands", newborn_whose_creator_stands}, {"amid-an-exec", amid_an_exec})
