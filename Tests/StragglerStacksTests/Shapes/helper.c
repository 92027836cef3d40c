// A helper locks and returns; its caller parks.
#include "probe.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static void take(void) {
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_keep();
}

PROBE_KEPT static void work(void) {
  take();
  probe_park();
  probe_keep();
}

PROBE_KEPT static void serve(void) {
  work();
  probe_keep();
}

PROBE_KEPT static void run(void) {
  serve();
  probe_keep();
}

int main(void) { probe_run(run); }
