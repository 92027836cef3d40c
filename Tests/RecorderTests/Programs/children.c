// Children made in every way, by a process with threads: none writes into its parent's record.
#include "scenario.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
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

static int forked(void) {
  prepare();
  start(stand_named, "bystander");
  await_standing(1);
  pid_t child = fork();
  if (child == 0) {
    do_everything();
    exit(5);
  }
  reap(child, 5);
  return 0;
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
  {"grandchild", grandchild}, {"raw-fork", raw_fork}, {"raw-clone", raw_clone}, {"underscore-fork", underscore_fork},
  {"vforked", vforked}, {"vforked-and-replaced", vforked_and_replaced},
  {"forked-amid-creations", forked_amid_creations})
