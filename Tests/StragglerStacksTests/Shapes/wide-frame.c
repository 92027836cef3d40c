// The lock is taken beneath a frame that is larger than any window: only its callees are recorded.
#include "probe.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static void take(void) {
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_park();
  probe_keep();
}

PROBE_KEPT static void middle(void) {
  take();
  probe_keep();
}

PROBE_KEPT static void wide(void) {
  char room[2048];
  probe_use(room);
  middle();
  probe_keep();
}

PROBE_KEPT static void run(void) {
  wide();
  probe_keep();
}

int main(void) { probe_run(run); }
