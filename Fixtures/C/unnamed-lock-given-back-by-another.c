// A spin lock and the read side of a read-write lock do not say who has them. Main gives back what the first thread took, and a second
// one takes both: they are the second one's alone.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on error
// EXIT: 23
// FINDING: abandoned-lock count=2
// FINDING: abandoned-lock kind="spin-lock"
// FINDING: abandoned-lock kind="spin-lock" thread="second"
// FINDING: abandoned-lock kind="read-write-lock"
// FINDING: abandoned-lock kind="read-write-lock" thread="second" mode="shared"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_spinlock_t spin;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static sem_t ready;

/// Inlined: each thread's locks are findings of their own.
static inline __attribute__((always_inline)) void take(const char *name) {
  pthread_setname_np(pthread_self(), name);
  if (pthread_spin_lock(&spin) != 0 || pthread_rwlock_rdlock(&table) != 0) abort();
  sem_post(&ready);
  for (;;) pause();
}

static void *take_first(void *unused) {
  take("first");
  return unused;
}

static void *take_second(void *unused) {
  take("second");
  return unused;
}

static void start(void *(*routine)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, routine, NULL) != 0) abort();
  while (sem_wait(&ready) != 0) {}
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  start(take_first);
  pthread_spin_unlock(&spin);
  pthread_rwlock_unlock(&table);
  start(take_second);
  return 0;
}
