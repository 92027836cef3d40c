// A function hands over to the one that locks by a jump: at -O2 it has no frame at all.
#include "probe.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static int take(int value) {
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_keep();
  return value;
}

PROBE_KEPT static int forward(int value) { return take(value + 1); }

PROBE_KEPT static void work(void) {
  volatile int result = forward(1);
  (void)result;
  probe_park();
  probe_keep();
}

PROBE_KEPT static void run(void) {
  work();
  probe_keep();
}

int main(void) { probe_run(run); }
