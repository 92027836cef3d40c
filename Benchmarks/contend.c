// Threads that do nothing but lock and unlock a mutex: each its own, or all the same one. The work is fixed: LOCKS are
// shared out among the THREADS. With 0 THREADS main does it, in a process that never has a second thread: there the C library
// leaves its atomic operations out. Prints how many nanoseconds they took from the first to the last.
//
// Own locks are a cache line apart, so that they have nothing in common.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS_LIMIT = 64, CACHE_LINE = 64 };

typedef struct Padded {
  _Alignas(2 * CACHE_LINE) pthread_mutex_t mutex;  // the processor fetches lines in pairs
  long counter;                                    // what the lock is for
} Padded;

typedef struct Worker {
  Padded *lock;
  long rounds;
} Worker;

static Padded locks[THREADS_LIMIT];
static pthread_barrier_t starting;

static void lock_and_unlock(Padded *lock, long rounds) {
  for (long round = 0; round < rounds; round++) {
    pthread_mutex_lock(&lock->mutex);
    lock->counter += 1;
    pthread_mutex_unlock(&lock->mutex);
  }
}

static void *work(void *argument) {
  Worker *worker = argument;
  pthread_barrier_wait(&starting);
  lock_and_unlock(worker->lock, worker->rounds);
  return NULL;
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000 + time.tv_nsec;
}

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(1);
}

static long run_alone(long rounds) {
  long start = now();
  lock_and_unlock(&locks[0], rounds);
  return now() - start;
}

/// Runs the threads to their end and returns what they took in nanoseconds.
static long run(long threads, int shared, long rounds) {
  static pthread_t handles[THREADS_LIMIT];
  static Worker workers[THREADS_LIMIT];
  pthread_barrier_init(&starting, NULL, (unsigned)threads + 1);
  for (long index = 0; index < threads; index++) {
    pthread_mutex_init(&locks[index].mutex, NULL);
    workers[index] = (Worker){&locks[shared ? 0 : index], rounds};
  }
  for (long index = 0; index < threads; index++) {
    if (pthread_create(&handles[index], NULL, work, &workers[index]) != 0) fail("a thread could not be created");
  }
  long start = now();
  pthread_barrier_wait(&starting);
  for (long index = 0; index < threads; index++) pthread_join(handles[index], NULL);
  return now() - start;
}

int main(int argument_count, char **arguments) {
  long threads = argument_count == 4 ? strtol(arguments[1], NULL, 10) : -1;
  long all = argument_count == 4 ? strtol(arguments[3], NULL, 10) : 0;
  if (threads < 0 || threads > THREADS_LIMIT || all < threads) {
    fprintf(stderr, "usage: %s THREADS (0 to %d) own|shared LOCKS\n", arguments[0], THREADS_LIMIT);
    return 2;
  }
  long sharers = threads == 0 ? 1 : threads, rounds = all / sharers, counted = 0;
  long taken = threads == 0 ? run_alone(rounds) : run(threads, strcmp(arguments[2], "shared") == 0, rounds);
  for (int index = 0; index < THREADS_LIMIT; index++) counted += locks[index].counter;
  if (counted != rounds * sharers) fail("locks were not exclusive");
  printf("%ld\n", taken);
  return 0;
}
