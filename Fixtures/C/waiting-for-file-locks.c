// Threads wait for locks on files when main leaves: for those that another process has, and for one that another thread has on
// its own opening of the file.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="keeper" resource="ours" kind=file-lock mode=exclusive
// FINDING: abandoned-lock
// FINDING: abandoned-thread thread="by-flock" waiting=file-lock holder="another process"
// FINDING: abandoned-thread thread="by-fcntl" waiting=file-lock holder="another process"
// FINDING: abandoned-thread thread="by-fcntl64" waiting=file-lock holder="another process"
// FINDING: abandoned-thread thread="by-lockf" waiting=file-lock holder="another process"
// FINDING: abandoned-thread thread="by-open-file" waiting=file-lock holder="keeper"
// FINDING: abandoned-thread count=5
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static sem_t ready;
static int files[6], locked[2], over[2];

static int open_file(const char *path) {
  int file = open(path, O_CREAT | O_RDWR, 0600);
  if (file < 0) abort();
  return file;
}

static int lock(int file, int command) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(file, command, &whole);
}

static int by_flock(int file) { return flock(file, LOCK_EX); }
static int by_fcntl(int file) { return lock(file, F_SETLKW); }
static int by_lockf(int file) { return lockf(file, F_LOCK, 0); }
static int by_open_file(int file) { return lock(file, F_OFD_SETLKW); }

static int by_fcntl64(int file) {
  struct flock64 whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl64(file, F_SETLKW, &whole);
}

// A routine for each: threads that differ in nothing but their name are one finding.
#define WAITER(routine, index, name, lock)        \
  static void *routine(void *unused) {            \
    begin(index, name);                           \
    return lock(files[index]) == 0 ? unused : NULL;\
  }
WAITER(wait_by_flock, 0, "by-flock", by_flock)
WAITER(wait_by_fcntl, 1, "by-fcntl", by_fcntl)
WAITER(wait_by_fcntl64, 2, "by-fcntl64", by_fcntl64)
WAITER(wait_by_lockf, 3, "by-lockf", by_lockf)
WAITER(wait_by_open_file, 4, "by-open-file", by_open_file)

static const struct { const char *path; void *(*wait)(void *); } waits[] = {
  {"flocked", wait_by_flock}, {"fcntled", wait_by_fcntl}, {"fcntled64", wait_by_fcntl64}, {"lockfed", wait_by_lockf},
  {"ours", wait_by_open_file},
};
enum { WAITS = sizeof waits / sizeof *waits, THEIRS = WAITS - 1 };

static void have_them(void) {
  char byte;
  for (int index = 0; index < THEIRS; index++) {
    int file = open_file(waits[index].path);
    if (index == 0 ? by_flock(file) != 0 : by_fcntl(file) != 0) abort();
  }
  if (write(locked[1], "", 1) != 1) abort();
  close(over[1]);
  if (read(over[0], &byte, 1) != 0) abort();
  _exit(0);
}

static void *keep(void *file) {
  pthread_setname_np(pthread_self(), "keeper");
  if (by_open_file(*(int *)file) != 0) abort();
  sem_post(&ready);
  for (;;) pause();
  return NULL;
}

static void start(void *(*routine)(void *), void *argument) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, argument);
  pthread_detach(thread);
}

int main(void) {
  char byte;
  sem_init(&ready, 0, 0);
  if (pipe(locked) != 0 || pipe(over) != 0) return 1;
  if (fork() == 0) have_them();
  if (read(locked[0], &byte, 1) != 1) return 1;
  // Main opens them all: what its threads have open is not what this is about.
  for (int index = 0; index < WAITS; index++) files[index] = open_file(waits[index].path);
  files[WAITS] = open_file("ours");
  start(keep, &files[WAITS]);
  sem_wait(&ready);
  for (int index = 0; index < WAITS; index++) {
    start(waits[index].wait, NULL);
    await_system_call(index, index == 0 ? SYS_flock : SYS_fcntl);
  }
  return 0;
}
