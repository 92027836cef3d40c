// A thread is inside a spin lock when main returns.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="worker" resource="counter" kind=spin-lock function=worker line=16
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_spinlock_t counter;
static sem_t ready;

static void *worker(void *unused) {
  pthread_setname_np(pthread_self(), "worker");
  pthread_spin_lock(&counter);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_spin_init(&counter, PTHREAD_PROCESS_PRIVATE);
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
