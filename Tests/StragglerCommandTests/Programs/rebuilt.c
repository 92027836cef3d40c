// Makes a mistake of every kind that has a fingerprint: with names, without, on the heap, in files. The test builds it again and
// again; where it says ABOVE, the test puts lines in between.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ABOVE */

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t taken;

static void take(pthread_mutex_t *lock) { pthread_mutex_lock(lock); }

static void stay(void) {
  pthread_barrier_wait(&taken);
  for (;;) pause();
}

static void *hold_static(void *unused) {
  take(&journal);
  stay();
  return unused;
}

static void *hold_allocated(void *unused) {
  pthread_mutex_t *lock = malloc(sizeof *lock);
  pthread_mutex_init(lock, NULL);
  take(lock);
  stay();
  return unused;
}

static void *write_file(void *unused) {
  FILE *file = fopen("/dev/shm/straggler-rebuilt.txt", "w");
  fputs("half a line", file);
  stay();
  return unused;
}

static void *hold_nothing(void *unused) {
  stay();
  return unused;
}

static void *end_holding(void *lock) {
  take(lock);
  return NULL;
}

int main(void) {
  static pthread_mutex_t orphan = PTHREAD_MUTEX_INITIALIZER;
  pthread_t thread;
  pthread_barrier_init(&taken, NULL, 5);
  pthread_create(&thread, NULL, end_holding, &orphan);
  pthread_join(thread, NULL);
  pthread_create(&thread, NULL, hold_static, NULL);
  pthread_create(&thread, NULL, hold_allocated, NULL);
  pthread_create(&thread, NULL, write_file, NULL);
  pthread_create(&thread, NULL, hold_nothing, NULL);
  pthread_barrier_wait(&taken);
  unlink("/dev/shm/straggler-rebuilt.txt");
  return 0;
}
