// A thread inside a call on a file that goes on for ever (blocking.c), or that was left without coming back.
#include "scenario.h"

#include <fcntl.h>
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

static void *rename_file_in_folders(void *name) {
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  sem_post(&standing);
  renameat2(AT_FDCWD, "here", AT_FDCWD, "there", RENAME_NOREPLACE);
  return NULL;
}

static char long_path[600];

static void *truncate_by_path(void *name) {
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  memset(long_path, 'x', sizeof long_path - 1);
  memcpy(long_path + sizeof long_path - sizeof "/log", "/log", sizeof "/log");
  sem_post(&standing);
  if (truncate(long_path, 0) != 0) abort();
  return NULL;
}

static void *allocate(void *name) {
  pthread_setname_np(pthread_self(), name);
  worker = gettid();
  sem_post(&standing);
  posix_fallocate(file, 0, 4096);
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
static int renaming_in_folders(void) { return inside(rename_file_in_folders); }
static int truncating_by_path(void) { return inside(truncate_by_path); }
static int allocating(void) { return inside(allocate); }

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
  {"syncing", syncing}, {"truncating", truncating}, {"renaming", renaming},
  {"renaming-in-folders", renaming_in_folders}, {"truncating-by-path", truncating_by_path}, {"allocating", allocating},
  {"left-by-longjmp", left_by_longjmp})
