// At exit main joins a thread that ends when it is told to: long before the limit.
// BUILD: cc -g -pthread %s -o %t
// RUN: --exit-timeout 50s --fail-on warning
// CLEAN:
// NO-FINDING: stalled-exit
// NO-FINDING: deadlocked-exit
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

static pthread_t thread;
static sem_t told;

static void *server(void *unused) {
  sem_wait(&told);
  return unused;
}

static void stop(void) {
  sem_post(&told);
  pthread_join(thread, NULL);
}

int main(void) {
  sem_init(&told, 0, 0);
  atexit(stop);
  pthread_create(&thread, NULL, server, NULL);
  return 0;
}
