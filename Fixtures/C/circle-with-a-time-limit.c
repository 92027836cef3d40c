// At exit main and a worker wait for each other's locks, but main only for a while: then it gives way, and all is well.
// BUILD: cc -g -pthread %s -o %t
// OUTPUT: gave way
// CLEAN:
// NO-FINDING: deadlocked-exit
// NO-FINDING: stalled-exit
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER, index_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both_have;
static pthread_t thread;

static void *worker(void *unused) {
  pthread_mutex_lock(&index_lock);
  pthread_barrier_wait(&both_have);
  begin(0, "worker");
  pthread_mutex_lock(&journal);
  pthread_mutex_unlock(&journal);
  pthread_mutex_unlock(&index_lock);
  return unused;
}

/// Long enough for whoever watches to look several times.
static void give_way(void) {
  struct timespec limit;
  clock_gettime(CLOCK_MONOTONIC, &limit);
  limit.tv_sec += 1;
  if (pthread_mutex_clocklock(&index_lock, CLOCK_MONOTONIC, &limit) != ETIMEDOUT) abort();
  puts("gave way");
  pthread_mutex_unlock(&journal);
  pthread_join(thread, NULL);
}

int main(void) {
  pthread_barrier_init(&both_have, NULL, 2);
  pthread_mutex_lock(&journal);
  pthread_create(&thread, NULL, worker, NULL);
  pthread_barrier_wait(&both_have);
  await_system_call(0, SYS_futex);
  atexit(give_way);
  return 0;
}
