// A thread tried to take a lock that another holds, in every way that gives up: it holds nothing.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
// FINDING: held-at-exit resource="journal"
// FINDING: abandoned-thread thread="trier"
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *trier(void *unused) {
  pthread_setname_np(pthread_self(), "trier");
  struct timespec past = {0};
  if (pthread_mutex_trylock(&journal) != EBUSY) abort();
  if (pthread_mutex_timedlock(&journal, &past) != ETIMEDOUT) abort();
  if (pthread_mutex_clocklock(&journal, CLOCK_MONOTONIC, &past) != ETIMEDOUT) abort();
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_mutex_lock(&journal);
  pthread_t thread;
  pthread_create(&thread, NULL, trier, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
