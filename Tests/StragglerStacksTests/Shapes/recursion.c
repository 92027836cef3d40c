// The lock is taken seven calls deep in a recursion, which returns; the thread parks nine calls deep in another.
#include "probe.h"

#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static int descend(int depth, bool locking) {
  if (depth > 0) {
    int below = descend(depth - 1, locking);
    probe_keep();
    return below + depth;
  }
  if (locking) {
    probe_arm();
    pthread_mutex_lock(&mutex);
  } else {
    probe_park();
  }
  probe_keep();
  return 0;
}

PROBE_KEPT static void run(void) {
  volatile int sum = descend(7, true);
  sum = sum + descend(9, false);
  probe_keep();
}

int main(void) { probe_run(run); }
