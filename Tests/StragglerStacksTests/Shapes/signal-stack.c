// A signal handler on an alternate stack takes the lock.
#include "probe.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { ROOM = 1 << 17 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char room[ROOM];

static void handle(int number) {
  (void)number;
  probe_arm();
  pthread_mutex_lock(&mutex);
  probe_park();
  probe_keep();
}

PROBE_KEPT static void run(void) {
  const stack_t alternate = {.ss_sp = room, .ss_size = ROOM};
  if (sigaltstack(&alternate, NULL) != 0) abort();
  const struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
  sigaction(SIGUSR2, &action, NULL);
  raise(SIGUSR2);
  probe_keep();
}

int main(void) { probe_run(run); }
