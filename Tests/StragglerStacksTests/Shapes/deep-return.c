// The lock is taken four calls down; all of them return before the thread parks.
#include "probe.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static void fourth(void) {
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_keep();
}

PROBE_KEPT static int third(int value) {
  fourth();
  probe_keep();
  return value + 1;
}

PROBE_KEPT static int second(int value) {
  int sum = third(value) * value;
  probe_keep();
  return sum;
}

PROBE_KEPT static int first(int value) {
  int sum = second(value + 3) + value;
  probe_keep();
  return sum;
}

PROBE_KEPT static void run(void) {
  volatile int result = first(4);
  (void)result;
  probe_park();
  probe_keep();
}

int main(void) { probe_run(run); }
