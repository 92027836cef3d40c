// Work on a stack of a chosen size.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>

#include "CStragglerSystem.h"

struct work {
  void (*body)(void *);
  void *argument;
  sigset_t mask;
};

static void *begin(void *argument) {
  const struct work *work = argument;
  pthread_sigmask(SIG_SETMASK, &work->mask, NULL);
  work->body(work->argument);
  return NULL;
}

int straggler_system_run_on_stack(size_t bytes, void (*body)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  int error = pthread_attr_setstacksize(&attributes, bytes);
  // A default, too, comes from the limit of stacks (pthread_create(3)).
  if (error == 0) error = pthread_setattr_default_np(&attributes);
  if (error != 0) return error;

  struct work work = {body, argument, {{0}}};
  sigset_t all;
  pthread_t thread;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &work.mask);
  error = pthread_create(&thread, &attributes, begin, &work);
  if (error == 0) pthread_join(thread, NULL);
  pthread_sigmask(SIG_SETMASK, &work.mask, NULL);
  return error;
}
