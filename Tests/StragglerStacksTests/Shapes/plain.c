// A function takes a lock and parks inside it.
#include "probe.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static void work(void) {
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_park();
  probe_keep();
}

PROBE_KEPT static void run(void) {
  work();
  probe_keep();
}

int main(void) { probe_run(run); }
