// A thread was cancelled in its wait for a lock of main's, and takes its time to clean up; at exit main joins it and gives the lock
// back. It looks like a circle for as long as one believes what the thread waited for last.
// BUILD: cc -g -pthread %s -o %t
// OUTPUT: cleaned up
// CLEAN:
// NO-FINDING: deadlocked-exit
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;
static sem_t cleaning;

/// Long enough for whoever watches to look several times.
static void clean_up(void *unused) {
  (void)unused;
  sem_post(&cleaning);
  struct timespec time = {1, 0};
  nanosleep(&time, NULL);
  puts("cleaned up");
}

static void *work(void *unused) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
  pthread_cleanup_push(clean_up, NULL);
  begin(0, "cancelled");
  pthread_mutex_lock(&journal);
  pthread_cleanup_pop(0);
  return unused;
}

static void join(void) {
  pthread_join(thread, NULL);
  pthread_mutex_unlock(&journal);
}

int main(void) {
  sem_init(&cleaning, 0, 0);
  pthread_mutex_lock(&journal);
  pthread_create(&thread, NULL, work, NULL);
  await_system_call(0, SYS_futex);
  pthread_cancel(thread);
  sem_wait(&cleaning);
  atexit(join);
  return 0;
}
