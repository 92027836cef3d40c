// A thread took locks and main gave them back: nobody holds them any more.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: held-at-exit
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <threads.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static mtx_t c11_mutex;
static FILE *stream;
static sem_t ready;

static void *taker(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_rwlock_rdlock(&shared);
  mtx_lock(&c11_mutex);
  flockfile(stream);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  mtx_init(&c11_mutex, mtx_plain);
  stream = tmpfile();
  pthread_t thread;
  pthread_create(&thread, NULL, taker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  pthread_mutex_unlock(&journal);
  pthread_rwlock_unlock(&shared);
  mtx_unlock(&c11_mutex);
  funlockfile(stream);
  return 0;
}
