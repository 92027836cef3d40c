// The exit's wait for threads and sections, which a signal can cut short.
//
// A signal handler may neither take the runtime's lock nor wake a condition variable (signal-safety(7)); sem_post is
// what it may do. So the exiting thread waits on a semaphore, which threads that end post too.
#define _GNU_SOURCE
#include "CStragglerThreads.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>

enum { WATCHED = 2 };
static const int watched[WATCHED] = {SIGINT, SIGTERM};
static struct sigaction before[WATCHED];
static int is_watched[WATCHED];
static sem_t news;
static int interruption;
static int is_waiting;

/// As if the signal had never been handled: it comes again when its handler returns.
static void end_by(int number) {
  signal(number, SIG_DFL);
  raise(number);
}

static void interrupted(int signal) {
  int error = errno;
  int none = 0;
  // A program that put this handler back itself, after the wait, wants what there was when it took it.
  int is_first =
    __atomic_load_n(&is_waiting, __ATOMIC_SEQ_CST)
    && __atomic_compare_exchange_n(&interruption, &none, signal, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  if (is_first) sem_post(&news);
  else end_by(signal);
  errno = error;
}

static int is_ours(const struct sigaction *action) {
  return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == interrupted;
}

void straggler_exit_wait_prepare(void) {
  straggler_exit_unwatch();
  __atomic_store_n(&interruption, 0, __ATOMIC_RELAXED);
  sem_init(&news, 0, 0);
}

void straggler_exit_watch(void) {
  if (is_waiting) return;
  __atomic_store_n(&is_waiting, 1, __ATOMIC_SEQ_CST);
  struct sigaction ours = {.sa_handler = interrupted, .sa_flags = SA_RESTART};
  sigemptyset(&ours.sa_mask);
  for (int index = 0; index < WATCHED; index++) {
    sigaction(watched[index], NULL, &before[index]);
    // A signal that the program handles, or ignores, is the program's.
    int is_default = !(before[index].sa_flags & SA_SIGINFO) && before[index].sa_handler == SIG_DFL;
    is_watched[index] = is_default;  // before the handler is there: another thread may fork in between
    if (is_default) sigaction(watched[index], &ours, NULL);
  }
}

void straggler_exit_unwatch(void) {
  __atomic_store_n(&is_waiting, 0, __ATOMIC_SEQ_CST);
  for (int index = 0; index < WATCHED; index++) {
    struct sigaction now;
    // What the program has installed meanwhile stays.
    if (is_watched[index] && sigaction(watched[index], NULL, &now) == 0 && is_ours(&now)) {
      sigaction(watched[index], &before[index], NULL);
    }
    is_watched[index] = 0;
  }
}

int straggler_exit_interruption(void) { return __atomic_load_n(&interruption, __ATOMIC_RELAXED); }

void straggler_exit_wait(const struct timespec *deadline) {
  // Whatever ends it, a signal of the program's included, the caller looks at what has changed.
  if (deadline == NULL) {
    sem_wait(&news);
  } else {
    sem_clockwait(&news, CLOCK_MONOTONIC, deadline);
  }
}

// Whoever changes what the exit looks at does so with the runtime's lock held, and the exiting thread looks with it after
// `straggler_exit_watch`: one of the two sees the other.
void straggler_exit_news(void) {
  if (__atomic_load_n(&is_waiting, __ATOMIC_SEQ_CST)) sem_post(&news);
}
