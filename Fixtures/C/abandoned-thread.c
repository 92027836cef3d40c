// A detached thread that holds nothing is alive when main returns: a note, no more.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// FINDING: abandoned-thread thread="idler" level=note
// NO-FINDING: abandoned-user-thread
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t ready;

static void *idler(void *unused) {
  pthread_setname_np(pthread_self(), "idler");
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, idler, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
