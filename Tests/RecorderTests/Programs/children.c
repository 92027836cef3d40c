// Children made in every way, by a process with threads: none writes into its parent's record.
#include "scenario.h"

#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER,
                       third = PTHREAD_MUTEX_INITIALIZER;
static int file;

/// What no child may write into its parent's record.
static void do_everything(void) {
  close(file);
  pthread_mutex_unlock(&m);
  pthread_mutex_lock(&other);
  pthread_setname_np(pthread_self(), "child");
  open("/dev/null", O_WRONLY);
}

static void prepare(void) {
  tell("m", &m);
  tell("other", &other);
  file = open("/dev/zero", O_RDONLY);
  require(file >= 0);
  pthread_setname_np(pthread_self(), "parent");
  require(pthread_mutex_lock(&m) == 0);
}

static void reap(pid_t child, int expected) {
  int status;
  require(child > 0);
  require(waitpid(child, &status, 0) == child);
  require(WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

static void *stand_named(void *name) {
  pthread_setname_np(pthread_self(), name);
  stand();
  return NULL;
}

static int fork_child(void) {
  pid_t child = fork();
  if (child == 0) {
    do_everything();
    exit(5);
  }
  reap(child, 5);
  return 0;
}

static int forked(void) {
  prepare();
  start(stand_named, "bystander");
  await_standing(1);
  return fork_child();
}

static int forked_holding(void) {
  prepare();
  pid_t child = fork();
  if (child == 0) _exit(5);
  reap(child, 5);
  return 0;
}

static void *do_everything_and_stand(void *unused) {
  do_everything();
  stand();
  return unused;
}

static int forked_with_thread(void) {
  prepare();
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_unlock(&m);
    start(do_everything_and_stand, NULL);
    await_standing(1);
    exit(5);
  }
  reap(child, 5);
  return 0;
}

static pthread_rwlock_t read_side = PTHREAD_RWLOCK_INITIALIZER, write_side = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;

static void *hold_every_kind(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  pthread_rwlock_rdlock(&read_side);
  pthread_rwlock_wrlock(&write_side);
  pthread_spin_lock(&spin);
  flockfile(stdout);
  stand();
  return unused;
}

static int forked_beside_locks(void) {
  tell("read_side", &read_side);
  tell("write_side", &write_side);
  tell("spin", (const void *)&spin);
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  start(hold_every_kind, NULL);
  await_standing(1);
  pid_t child = fork();
  if (child == 0) {
    flockfile(stdout);  // which libc sets back in the child
    funlockfile(stdout);
    _exit(5);
  }
  reap(child, 5);
  return 0;
}

static void *hold_and_end(void *mutex) {
  pthread_setname_np(pthread_self(), "ended");
  pthread_mutex_lock(mutex);
  return NULL;
}

static void fork_and_fork_again(void) {
  pid_t child = fork();
  if (child != 0) return reap(child, 5);
  pid_t next = fork();
  if (next == 0) _exit(6);
  reap(next, 6);
  _exit(5);
}

/// What nobody gives back in a child nobody gives back in its children either.
static int forked_twice_beside_locks(void) {
  tell("read_side", &read_side);
  tell("write_side", &write_side);
  tell("spin", (const void *)&spin);
  tell("other", &other);
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  join(start(hold_and_end, &other));
  start(hold_every_kind, NULL);
  await_standing(1);
  fork_and_fork_again();
  return 0;
}

static pthread_mutex_t many[80];

/// Takes `count` locks from a place on.
static void take_many(int first, int count) {
  for (int index = first; index < first + count; index++) require(pthread_mutex_lock(&many[index]) == 0);
}

static int forked_holding_many(void) {
  take_many(0, 10);
  pid_t child = fork();
  if (child == 0) _exit(5);
  reap(child, 5);
  child = fork();
  if (child == 0) {
    for (int index = 10; index-- > 0;) require(pthread_mutex_unlock(&many[index]) == 0);
    _exit(6);
  }
  reap(child, 6);
  return 0;
}

enum { HOLDERS = 10, EACH = 7 };

static void *hold_some(void *first) {
  take_many((int)(intptr_t)first, EACH);
  stand();
  return NULL;
}

static void *hold_ten(void *name) {
  pthread_setname_np(pthread_self(), name);
  take_many(0, 10);
  stand();
  return NULL;
}

static int forked_beside(int threads) {
  await_standing(threads);
  pid_t child = fork();
  if (child == 0) _exit(5);
  reap(child, 5);
  return 0;
}

static int forked_beside_many_holders(void) {
  for (intptr_t index = 0; index < HOLDERS; index++) start(hold_some, (void *)(index * EACH));
  return forked_beside(HOLDERS);
}

static int forked_beside_a_holder_of_many(void) {
  start(hold_ten, "holder");
  return forked_beside(1);
}

/// Told when the last process that has the write end has ended.
static int await_last_writer(const int ends[2]) {
  char byte;
  close(ends[1]);
  require(read(ends[0], &byte, 1) == 0);
  return close(ends[0]);
}

/// The process that calls daemon(3) is ended by it: an observed child of this one, so that the run waits for what it leaves.
static int daemonized(void) {
  int ends[2];
  prepare();
  require(pipe(ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    require(daemon(1, 1) == 0);
    pthread_setname_np(pthread_self(), "daemon");
    require(pthread_mutex_lock(&other) == 0);
    exit(5);
  }
  reap(child, 0);
  return await_last_writer(ends);
}

static int forked_on_a_terminal(void) {
  int controller;
  prepare();
  pid_t child = forkpty(&controller, NULL, NULL, NULL);
  if (child == 0) {
    pthread_setname_np(pthread_self(), "child");
    require(pthread_mutex_lock(&other) == 0);
    exit(5);
  }
  reap(child, 5);
  return 0;
}

static int grandchild(void) {
  prepare();
  pid_t child = fork();
  if (child == 0) {
    pid_t next = fork();
    if (next == 0) {
      do_everything();
      exit(6);
    }
    reap(next, 6);
    exit(5);
  }
  reap(child, 5);
  return 0;
}

static int raw_fork(void) {
  prepare();
  pid_t child = (pid_t)syscall(SYS_fork);
  if (child == 0) {
    do_everything();
    exit(5);
  }
  reap(child, 5);
  return 0;
}

static int raw_clone(void) {
  prepare();
  pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    do_everything();
    _exit(5);
  }
  reap(child, 5);
  return 0;
}

static int underscore_fork(void) {
  prepare();
  pid_t child = _Fork();
  if (child == 0) {
    do_everything();
    _exit(5);
  }
  reap(child, 5);
  return 0;
}

static char clone_stack[64 * 1024] __attribute__((aligned(16)));

static pid_t clone_child(int (*body)(void *), int flags) {
  return clone(body, clone_stack + sizeof clone_stack, flags | SIGCHLD, NULL);
}

static int do_everything_and_leave(void *unused) {
  (void)unused;
  do_everything();
  _exit(5);
}

static int libc_clone(void) {
  prepare();
  reap(clone_child(do_everything_and_leave, 0), 5);
  return 0;
}

/// In its maker's memory, with descriptors of its own.
static int do_in_shared_memory(void *unused) {
  (void)unused;
  close(file);
  open("/dev/null", O_WRONLY);
  pthread_mutex_lock(&other);
  prctl(PR_SET_NAME, "child");
  _exit(5);
}

static int share(int flags) {
  tell("third", &third);
  prepare();
  reap(clone_child(do_in_shared_memory, flags), 5);
  require(pthread_mutex_lock(&third) == 0);
  return 0;
}

static int sharing(void) { return share(CLONE_VM); }
static int sharing_while_suspended(void) { return share(CLONE_VM | CLONE_VFORK); }

static void *share_and_end(void *unused) {
  reap(clone_child(do_in_shared_memory, CLONE_VM), 5);
  return unused;
}

static int sharing_in_thread(void) {
  prepare();
  join(start(share_and_end, NULL));
  return 0;
}

enum { SPAWNED = 2 };

static int spawned_children(void) {
  prepare();
  for (int count = 0; count < SPAWNED; count++) {
    pid_t child;
    char *arguments[] = {"false", NULL};
    int result = count == 0 ? posix_spawn(&child, "/bin/false", NULL, NULL, arguments, environ)
                            : posix_spawnp(&child, "false", NULL, NULL, arguments, environ);
    require(result == 0);
    reap(child, 1);
  }
  return 0;
}

static int vforked_and_spawned(void) {
  prepare();
  for (int count = 0; count < SPAWNED; count++) {
    pid_t child = vfork();
    if (child == 0) {
      execl("/no/such/program", "false", NULL);
      execl("/bin/false", "false", NULL);
      _exit(9);
    }
    reap(child, 1);
  }
  return 0;
}

static int become_false(void *unused) {
  (void)unused;
  execl("/bin/false", "false", NULL);
  _exit(9);
}

static int sharing_and_spawned(void) {
  prepare();
  for (int count = 0; count < SPAWNED; count++) reap(clone_child(become_false, CLONE_VM | CLONE_VFORK), 1);
  return 0;
}

static int spawned_in_vain(void) {
  prepare();
  pid_t child;
  char *arguments[] = {"program", NULL};
  require(posix_spawn(&child, "/no/such/program", NULL, NULL, arguments, environ) != 0);
  child = vfork();
  if (child == 0) {
    execl("/no/such/program", "program", NULL);
    _exit(9);
  }
  reap(child, 9);
  return 0;
}

static int out_of_reach(void) {
  prepare();
  require(unlink(getenv("STRAGGLER_SOCKET")) == 0);
  return fork_child();
}

static int vforked(void) {
  prepare();
  pid_t child = vfork();
  if (child == 0) {
    close(file);
    open("/dev/null", O_WRONLY);
    _exit(5);
  }
  reap(child, 5);
  require(pthread_mutex_lock(&other) == 0);
  return 0;
}

static int vforked_and_replaced(void) {
  prepare();
  for (int count = 0; count < 20; count++) {
    pid_t child = vfork();
    if (child == 0) {
      close(file);
      execl("/bin/false", "false", NULL);
      _exit(9);
    }
    reap(child, 1);
  }
  return 0;
}

static volatile bool over;

static void *create_threads(void *unused) {
  while (!over) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, (void *(*)(void *))pthread_self, NULL) == 0) pthread_join(thread, NULL);
  }
  return unused;
}

static int forked_amid_creations(void) {
  pthread_t creators[3];
  for (int index = 0; index < 3; index++) creators[index] = start(create_threads, NULL);
  for (int count = 0; count < 50; count++) {
    pid_t child = fork();
    if (child == 0) {
      pthread_setname_np(pthread_self(), "child");
      pthread_mutex_lock(&m);
      int null = open("/dev/null", O_WRONLY);
      require(null >= 0);
      exit(5);
    }
    reap(child, 5);
  }
  over = true;
  for (int index = 0; index < 3; index++) join(creators[index]);
  return 0;
}

SCENARIOS(
  {"forked", forked}, {"forked-holding", forked_holding}, {"forked-with-thread", forked_with_thread},
  {"forked-beside-locks", forked_beside_locks}, {"forked-twice-beside-locks", forked_twice_beside_locks},
  {"forked-holding-many", forked_holding_many}, {"forked-beside-many-holders", forked_beside_many_holders},
  {"forked-beside-a-holder-of-many", forked_beside_a_holder_of_many}, {"daemonized", daemonized},
  {"forked-on-a-terminal", forked_on_a_terminal}, {"grandchild", grandchild}, {"raw-fork", raw_fork}, {"raw-clone", raw_clone}, {"underscore-fork", underscore_fork},
  {"libc-clone", libc_clone}, {"sharing", sharing}, {"sharing-while-suspended", sharing_while_suspended},
  {"sharing-in-thread", sharing_in_thread}, {"spawned", spawned_children},
  {"vforked-and-spawned", vforked_and_spawned}, {"sharing-and-spawned", sharing_and_spawned},
  {"spawned-in-vain", spawned_in_vain}, {"out-of-reach", out_of_reach}, {"vforked", vforked}, {"vforked-and-replaced", vforked_and_replaced},
  {"forked-amid-creations", forked_amid_creations})
