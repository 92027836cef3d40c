// A program that stands before libc itself: it counts the locks that are taken, and passes them on.
#include "scenario.h"

#include <dlfcn.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int calls;

int pthread_mutex_lock(pthread_mutex_t *which) {
  int (*next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
  calls += 1;
  return next(which);
}

static int held(void) {
  tell("mutex", &mutex);
  pthread_mutex_lock(&mutex);
  require(calls > 0);
  return 0;
}

SCENARIOS({"held", held})
