// At exit main asks for what is prepared once; the thread that is preparing it waits for a lock of main's.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit
// FINDING: deadlocked-exit level=error waiting=once holder="runner" message="whose routine thread \"runner\" runs, which waits for lock \"journal\""
// NO-FINDING: stalled-exit
// NO-FINDING: held-at-exit
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void prepare(void) { pthread_mutex_lock(&journal); }

static void *run(void *unused) {
  begin(0, "runner");
  pthread_once(&prepared, prepare);
  return unused;
}

static void use(void) { pthread_once(&prepared, prepare); }

int main(void) {
  pthread_mutex_lock(&journal);
  pthread_t thread;
  pthread_create(&thread, NULL, run, NULL);
  pthread_detach(thread);
  await_system_call(0, SYS_futex);
  atexit(use);
  return 0;
}
