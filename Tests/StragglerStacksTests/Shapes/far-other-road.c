// Two roads that part outside of a small window: the lock is taken through drain(), then the thread parks in the same
// functions through flush(). Only frames further out than what was recorded tell them apart.
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

PROBE_KEPT static void handle(bool locking) {
  char room[512];
  probe_use(room);
  process(locking);
  probe_keep();
}

PROBE_KEPT static void drain(void) {
  handle(true);
  probe_keep();
}

PROBE_KEPT static void flush(void) {
  handle(false);
  probe_keep();
}

PROBE_KEPT static void run(void) {
  drain();
  flush();
  probe_keep();
}

int main(void) { probe_run(run); }
