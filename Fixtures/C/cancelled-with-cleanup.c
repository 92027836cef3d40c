// A thread was cancelled inside a lock, and its cleanup handler gave the lock back.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: orphaned-lock
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void unlock(void *mutex) { pthread_mutex_unlock(mutex); }

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  pthread_cleanup_push(unlock, &journal);
  sem_post(&ready);
  for (;;) pause();
  pthread_cleanup_pop(1);
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&ready);
  pthread_cancel(thread);
  pthread_join(thread, NULL);
  return 0;
}
