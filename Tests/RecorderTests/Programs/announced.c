// Threads of which their creator has said what they are (straggler.h, straggler_next_thread).
#include "scenario.h"

#include <straggler.h>
#include <sys/wait.h>

#define LONG_NAME "longer than the kernel's fifteen bytes"

static void *stand_here(void *unused) {
  stand();
  return unused;
}

/// Creates a thread that is announced, and tells its number.
static __attribute__((noinline)) void create(const char *name, bool daemon) {
  straggler_next_thread(name, daemon);
  start(stand_here, NULL);
  uint32_t number = straggler_next_thread_number();
  require(number == 0 || number > 1);
  tell(name, (void *)(uintptr_t)number);
}

/// With late.c, whose threads never run.
static int at_once(void) {
  tell("create", (void *)(uintptr_t)create);
  create("daemon", true);
  create(LONG_NAME, false);
  return 0;
}

static int running(void) {
  create("daemon", true);
  create(LONG_NAME, false);
  await_standing(2);
  return 0;
}

/// No system has room for such a stack.
static void fail_to_create(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  require(pthread_attr_setstacksize(&attributes, (size_t)1 << 46) == 0);
  pthread_t thread;
  require(pthread_create(&thread, &attributes, stand_here, NULL) == EAGAIN);
}

static int refused(void) {
  straggler_next_thread("refused", true);
  fail_to_create();
  require(straggler_next_thread_number() == 0);
  start(stand_here, NULL);
  await_standing(1);
  require(straggler_next_thread_number() == 0);
  return 0;
}

static int refused_and_not_asked(void) {
  straggler_next_thread("refused", true);
  fail_to_create();
  start(stand_here, NULL);
  await_standing(1);
  return 0;
}

static int not_created(void) {
  straggler_next_thread("not created", true);
  require(straggler_next_thread_number() == 0);
  start(stand_here, NULL);
  await_standing(1);
  return 0;
}

static int await_child(pid_t child) {
  int status = 0;
  require(child > 0 && waitpid(child, &status, 0) == child);
  require(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return 0;
}

static int forked(void) {
  straggler_next_thread("parent's", true);
  start(stand_here, NULL);
  pid_t child = fork();
  if (child != 0) return await_child(child);
  sem_init(&standing, 0, 0);  // the parent's thread may have posted it before
  require(straggler_next_thread_number() == 0);
  start(stand_here, NULL);
  await_standing(1);
  create("child's", true);
  await_standing(1);
  exit(0);
}

SCENARIOS(
  {"at-once", at_once}, {"running", running}, {"refused", refused}, {"refused-and-not-asked", refused_and_not_asked},
  {"not-created", not_created}, {"forked", forked})
