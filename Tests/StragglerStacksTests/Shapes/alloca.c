// A frame whose size is known only when it runs.
#include "probe.h"

#include <alloca.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

PROBE_KEPT static void work(int size) {
  char *room = alloca((size_t)size);
  memset(room, 1, (size_t)size);
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_park();
  probe_keep();
}

PROBE_KEPT static void run(void) {
  volatile int size = 40;
  work(size);
  probe_keep();
}

int main(void) { probe_run(run); }
