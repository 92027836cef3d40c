// Threads that wait on a semaphore, or once took a token of one, hold no lock.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t ready, never, tokens;

static void *waiter(void *unused) {
  sem_post(&ready);
  sem_wait(&never);
  return unused;
}

static void *taker(void *unused) {
  sem_wait(&tokens);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  sem_init(&never, 0, 0);
  sem_init(&tokens, 0, 4);
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, waiter, NULL);
  pthread_create(&threads[1], NULL, taker, NULL);
  pthread_detach(threads[0]);
  pthread_detach(threads[1]);
  sem_wait(&ready);
  sem_wait(&ready);
  return 0;
}
