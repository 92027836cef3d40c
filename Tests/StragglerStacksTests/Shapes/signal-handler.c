// A signal handler on the thread's own stack takes the lock: the frame behind it was interrupted, it called nothing.
#include "probe.h"

#include <pthread.h>
#include <signal.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void handle(int number) {
  (void)number;
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_park();
  probe_keep();
}

PROBE_KEPT static void run(void) {
  signal(SIGUSR2, handle);
  raise(SIGUSR2);
  probe_keep();
}

int main(void) { probe_run(run); }
