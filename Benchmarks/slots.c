// How much of the arena a thread costs: counts the arena's pages in memory with 100 and with 1,100 threads that hold
// eight locks each, and prints the difference in bytes for one thread.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FEW = 100, MORE = 1000, LOCKS = 8, PAGE = 4096, PAGES_LIMIT = 1 << 20 };

static pthread_mutex_t locks[FEW + MORE][LOCKS];
static pthread_barrier_t parked, leaving;

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(1);
}

static void *hold(void *argument) {
  pthread_mutex_t *own = argument;
  for (int index = 0; index < LOCKS; index++) pthread_mutex_lock(&own[index]);
  pthread_barrier_wait(&parked);
  pthread_barrier_wait(&leaving);
  for (int index = 0; index < LOCKS; index++) pthread_mutex_unlock(&own[index]);
  return NULL;
}

/// Starts threads that hold their locks, and waits until all of them do.
static void start(pthread_t *threads, int first, int count) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  pthread_barrier_init(&parked, NULL, (unsigned)count + 1);
  for (int index = first; index < first + count; index++) {
    if (pthread_create(&threads[index], &attributes, hold, locks[index]) != 0) fail("a thread could not be created");
  }
  pthread_barrier_wait(&parked);
  pthread_barrier_destroy(&parked);
}

/// The pages of the arena's file that are in memory, whoever touched them: mincore(2) asks the file, not this mapping.
static long pages_in_memory(void) {
  static unsigned char present[PAGES_LIMIT];
  static char line[4096];
  long pages = 0;
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) fail("/proc/self/maps could not be opened");
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long low, high;
    if (strstr(line, "/memfd:straggler-arena") == NULL || sscanf(line, "%lx-%lx", &low, &high) != 2) continue;
    unsigned long count = (high - low) / PAGE;
    if (count > PAGES_LIMIT || mincore((void *)low, high - low, present) != 0) fail("mincore failed for the arena");
    for (unsigned long page = 0; page < count; page++) pages += present[page] & 1;
  }
  fclose(maps);
  if (pages == 0) fail("there is no arena: start this program with `straggler run --`");
  return pages;
}

int main(void) {
  static pthread_t threads[FEW + MORE];
  pthread_barrier_init(&leaving, NULL, FEW + MORE + 1);
  start(threads, 0, FEW);
  long few = pages_in_memory();
  start(threads, FEW, MORE);
  long all = pages_in_memory();
  pthread_barrier_wait(&leaving);
  for (int index = 0; index < FEW + MORE; index++) pthread_join(threads[index], NULL);
  printf("%ld\n", (all - few) * PAGE / MORE);
  return 0;
}
