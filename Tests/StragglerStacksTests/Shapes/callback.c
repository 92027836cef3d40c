// Frames of libc between the program's own: a comparison that qsort calls takes the lock.
#include "probe.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool taken;

PROBE_KEPT static int compare(const void *left, const void *right) {
  if (!taken) {
    taken = true;
    probe_arm();
    pthread_mutex_lock(&mutex);
    probe_park();
  }
  return *(const int *)left - *(const int *)right;
}

PROBE_KEPT static void run(void) {
  int numbers[] = {3, 1, 2};
  qsort(numbers, 3, sizeof numbers[0], compare);
  probe_keep();
}

int main(void) { probe_run(run); }
