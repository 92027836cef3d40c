// A coroutine takes the lock on its own stack and yields: the thread then parks on its own.
#include "probe.h"

#include <pthread.h>
#include <ucontext.h>

enum { ROOM = 1 << 17 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static ucontext_t scheduler, coroutine;
static char room[ROOM];

PROBE_KEPT static void body(void) {
  probe_arm();
  pthread_mutex_lock(&mutex);
  swapcontext(&coroutine, &scheduler);
  probe_keep();
}

PROBE_KEPT static void run(void) {
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = room;
  coroutine.uc_stack.ss_size = ROOM;
  coroutine.uc_link = &scheduler;
  makecontext(&coroutine, body, 0);
  swapcontext(&scheduler, &coroutine);
  probe_park();
  probe_keep();
}

int main(void) { probe_run(run); }
