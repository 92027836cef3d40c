// At exit main waits for a file's lock whose holder waits for a mutex of main's: a circle through the kernel.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit
// FINDING: deadlocked-exit level=error waiting=file-lock holder="keeper" resource="database" message="which waits for lock \"journal\" held by the main thread"
// NO-FINDING: stalled-exit
// NO-FINDING: abandoned-lock
// NO-FINDING: held-at-exit
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *keeper(void *unused) {
  flock(open("database", O_CREAT | O_RDWR, 0600), LOCK_EX);
  begin(0, "keeper");
  pthread_mutex_lock(&journal);
  return unused;
}

static void close_database(void) { flock(open("database", O_RDWR), LOCK_EX); }

int main(void) {
  pthread_mutex_lock(&journal);
  pthread_t thread;
  pthread_create(&thread, NULL, keeper, NULL);
  pthread_detach(thread);
  await_system_call(0, SYS_futex);
  atexit(close_database);
  return 0;
}
