// A thread inside a call on a file that goes on for ever (blocking.c), or that was left without coming back.
#include "scenario.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>

static int file;
static pid_t worker;

static void *sync_file(void *name) {
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  sem_post(&standing);
  fsync(file);
  return NULL;
}

static void *truncate_file(void *name) {
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  sem_post(&standing);
  if (ftruncate(file, 0) != 0) abort();
  return NULL;
}

static void *rename_file(void *name) {
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  sem_post(&standing);
  rename("here", "there");
  return NULL;
}

/// The library's function pauses: then the thread has come into it.
static int inside(void *(*routine)(void *)) {
  char name[] = "operations-XXXXXX";
  file = mkstemp(name);
  require(file >= 0 && unlink(name) == 0);
  start(routine, "worker");
  await_standing(1);
  await_system_call(worker, SYS_pause);
  return 0;
}

static int syncing(void) { return inside(sync_file); }
static int truncating(void) { return inside(truncate_file); }
static int renaming(void) { return inside(rename_file); }

static sigjmp_buf before;
static void jump(int signal) { siglongjmp(before, signal); }

static void *leave_write(void *name) {
  static char block[1 << 20];
  int ends[2];
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  require(pipe(ends) == 0);
  if (sigsetjmp(before, 1) == 0) {
    sem_post(&standing);
    require(write(ends[1], block, sizeof block) < 0);
  }
  stand();
  return NULL;
}

static int left_by_longjmp(void) {
  signal(SIGUSR1, jump);
  pthread_t thread = start(leave_write, "worker");
  await_standing(1);
  // The pipe is full.
  await_system_call(worker, SYS_write);
  pthread_kill(thread, SIGUSR1);
  await_standing(1);
  return 0;
}

SCENARIOS(
  {"syncing", syncing}, {"truncating", truncating}, {"renaming", renaming}, {"left-by-longjmp", left_by_longjmp})
