// A thread is inside a truncation of a file by its path when main returns.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-file level=error
// FINDING: abandoned-file thread="worker" resource="log.txt" level=error kind=file
#include "Support/held-call.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t ready;
static int listener;

static void *worker(void *unused) {
  pthread_setname_np(pthread_self(), "worker");
  listener = hold_call(SYS_truncate);
  sem_post(&ready);
  if (truncate("log.txt", 0) != 0) abort();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  await_held_call(listener);
  return 0;
}
