// A thread is inside the read side of a read-write lock when main returns.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="worker" resource="table" kind=read-write-lock mode=shared function=worker line=16
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static sem_t ready;

static void *worker(void *unused) {
  pthread_setname_np(pthread_self(), "worker");
  pthread_rwlock_rdlock(&table);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
