// Files are locked by every call that can, at once or after another process has given its lock back: each lock is the
// thread's.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="writer" resource="flock-shared" kind=file-lock mode=shared
// FINDING: abandoned-lock thread="writer" resource="flock-alone" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="writer" resource="lockf" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="writer" resource="lockf-tried" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="writer" resource="lockf64" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="writer" resource="lockf64-tried" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="writer" resource="fcntl-shared" kind=file-lock mode=shared
// FINDING: abandoned-lock thread="writer" resource="fcntl-alone" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="writer" resource="fcntl64-shared" kind=file-lock mode=shared
// FINDING: abandoned-lock thread="writer" resource="fcntl64-alone" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="writer" resource="open-file-shared" kind=file-lock mode=shared
// FINDING: abandoned-lock thread="waiter-0" resource="waited-flock" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="waiter-1" resource="waited-lockf64" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="waiter-2" resource="waited-fcntl" kind=file-lock mode=exclusive
// FINDING: abandoned-lock thread="waiter-3" resource="waited-fcntl64" kind=file-lock mode=shared
// FINDING: abandoned-lock thread="waiter-4" resource="waited-open-file" kind=file-lock mode=exclusive
// FINDING: abandoned-lock count=16
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Support/blocked.h"

static sem_t ready;
static int locked[2], awaited[2];

static struct flock whole(short type) { return (struct flock){.l_type = type, .l_whence = SEEK_SET}; }

static int by_fcntl(int file, int command, short type) {
  struct flock lock = whole(type);
  return fcntl(file, command, &lock);
}

static int by_fcntl64(int file, int command, short type) {
  struct flock64 lock = {.l_type = type, .l_whence = SEEK_SET};
  return fcntl64(file, command, &lock);
}

static int flock_shared(int file) { return flock(file, LOCK_SH); }
static int flock_alone(int file) { return flock(file, LOCK_EX | LOCK_NB); }
static int lockf_blocking(int file) { return lockf(file, F_LOCK, 0); }
static int lockf_tried(int file) { return lockf(file, F_TLOCK, 0); }
static int lockf64_blocking(int file) { return lockf64(file, F_LOCK, 0); }
static int lockf64_tried(int file) { return lockf64(file, F_TLOCK, 0); }
static int fcntl_shared(int file) { return by_fcntl(file, F_SETLK, F_RDLCK); }
static int fcntl_alone(int file) { return by_fcntl(file, F_SETLK, F_WRLCK); }
static int fcntl64_shared(int file) { return by_fcntl64(file, F_SETLK, F_RDLCK); }
static int fcntl64_alone(int file) { return by_fcntl64(file, F_SETLK, F_WRLCK); }
static int open_file_shared(int file) { return by_fcntl(file, F_OFD_SETLK, F_RDLCK); }
static int flock_waiting(int file) { return flock(file, LOCK_EX); }
static int fcntl_waiting(int file) { return by_fcntl(file, F_SETLKW, F_WRLCK); }
static int fcntl64_waiting(int file) { return by_fcntl64(file, F_SETLKW, F_RDLCK); }
static int open_file_waiting(int file) { return by_fcntl(file, F_OFD_SETLKW, F_WRLCK); }

typedef struct Locking {
  const char *path;
  int (*lock)(int file);
} Locking;

static const Locking at_once[] = {
  {"flock-shared", flock_shared}, {"flock-alone", flock_alone}, {"lockf", lockf_blocking}, {"lockf-tried", lockf_tried},
  {"lockf64", lockf64_blocking}, {"lockf64-tried", lockf64_tried}, {"fcntl-shared", fcntl_shared},
  {"fcntl-alone", fcntl_alone}, {"fcntl64-shared", fcntl64_shared}, {"fcntl64-alone", fcntl64_alone},
  {"open-file-shared", open_file_shared},
};

static const Locking waiting[] = {
  {"waited-flock", flock_waiting}, {"waited-lockf64", lockf64_blocking}, {"waited-fcntl", fcntl_waiting},
  {"waited-fcntl64", fcntl64_waiting}, {"waited-open-file", open_file_waiting},
};
enum { AT_ONCE = sizeof at_once / sizeof *at_once, WAITING = sizeof waiting / sizeof *waiting };

static int open_file(const char *path) {
  int file = open(path, O_CREAT | O_RDWR, 0600);
  if (file < 0) abort();
  return file;
}

static void stand(void) {
  sem_post(&ready);
  for (;;) pause();
}

static void *write_files(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  for (int index = 0; index < AT_ONCE; index++) {
    if (at_once[index].lock(open_file(at_once[index].path)) != 0) abort();
  }
  stand();
  return unused;
}

static void *wait_for_file(void *argument) {
  int index = (int)(long)argument;
  char name[16];
  snprintf(name, sizeof name, "waiter-%d", index);
  int file = open_file(waiting[index].path);
  begin(index, name);
  if (waiting[index].lock(file) != 0) abort();
  stand();
  return NULL;
}

/// Another process has all that is waited for until everybody waits.
static void have_them_first(void) {
  char byte;
  for (int index = 0; index < WAITING; index++) {
    int file = open_file(waiting[index].path);
    if (index == 0 ? flock_waiting(file) != 0 : fcntl_alone(file) != 0) abort();
  }
  if (write(locked[1], "", 1) != 1 || read(awaited[0], &byte, 1) != 1) abort();
  _exit(0);
}

static void start(void *(*routine)(void *), long argument) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, (void *)argument);
  pthread_detach(thread);
}

int main(void) {
  char byte;
  sem_init(&ready, 0, 0);
  if (pipe(locked) != 0 || pipe(awaited) != 0) return 1;
  if (fork() == 0) have_them_first();
  if (read(locked[0], &byte, 1) != 1) return 1;
  for (int index = 0; index < WAITING; index++) {
    start(wait_for_file, index);
    await_system_call(index, index == 0 ? SYS_flock : SYS_fcntl);
  }
  start(write_files, 0);
  if (write(awaited[1], "", 1) != 1) return 1;
  for (int index = 0; index < WAITING + 1; index++) {
    while (sem_wait(&ready) != 0) continue;
  }
  wait(NULL);
  return 0;
}
