// A thread is inside a rename when main returns: nothing is lost, and a note names both paths.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-file thread="worker" resource="new.txt" level=note kind=file
// NO-FINDING: abandoned-thread
// CLEAN:
#include "Support/held-call.h"

#include <stdio.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t ready;
static int listener;

static void *worker(void *unused) {
  pthread_setname_np(pthread_self(), "worker");
  listener = hold_call(SYS_rename);
  sem_post(&ready);
  if (rename("new.txt", "state.txt") != 0) abort();
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
