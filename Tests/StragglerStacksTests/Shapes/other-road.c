// begin() locks and returns on the way through drain(); the thread then parks in the same function on the way through
// flush(): frames of the same size at the same addresses, of another call.
#include "probe.h"

#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static void begin(bool locking) {
  if (locking) {
    probe_arm();
    pthread_mutex_lock(&mutex);
  } else {
    probe_park();
  }
  probe_keep();
}

PROBE_KEPT static void process(bool locking) {
  begin(locking);
  probe_keep();
}

PROBE_KEPT static void drain(void) {
  process(true);
  probe_keep();
}

PROBE_KEPT static void flush(void) {
  process(false);
  probe_keep();
}

PROBE_KEPT static void run(void) {
  drain();
  flush();
  probe_keep();
}

int main(void) { probe_run(run); }
