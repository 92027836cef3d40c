// At exit main waits for a lock on a file that another process has, while a worker has one on the file that was called so before,
// and waits for main: no circle, though both files were opened under one name.
// BUILD: cc -g -pthread %s -o %t
// OUTPUT: locked
// CLEAN:
// NO-FINDING: deadlocked-exit
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;
static int file, ready[2];

static int open_database(void) { return open("database", O_CREAT | O_RDWR, 0600); }

static void *keeper(void *unused) {
  int old = open_database();
  flock(old, LOCK_EX);
  unlink("database");
  begin(0, "keeper");
  pthread_mutex_lock(&journal);
  pthread_mutex_unlock(&journal);
  close(old);
  return unused;
}

/// Keeps the new file long enough for whoever watches to look several times.
static void keep_new(void) {
  flock(open_database(), LOCK_EX);
  if (write(ready[1], "", 1) != 1) abort();
  usleep(500000);
  _exit(0);
}

static void close_database(void) {
  flock(file, LOCK_EX);
  puts("locked");
  pthread_mutex_unlock(&journal);
  pthread_join(thread, NULL);
  close(file);
  wait(NULL);
}

int main(void) {
  if (pipe(ready) != 0) return 1;
  pthread_mutex_lock(&journal);
  pthread_create(&thread, NULL, keeper, NULL);
  await_system_call(0, SYS_futex);
  file = open_database();
  if (fork() == 0) keep_new();
  char byte;
  if (read(ready[0], &byte, 1) != 1) return 1;
  atexit(close_database);
  return 0;
}
