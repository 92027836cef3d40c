// A thread took a lock and main gave it back: nobody holds it any more.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: held-at-exit
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *taker(void *unused) {
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, taker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  pthread_mutex_unlock(&journal);
  return 0;
}
