// A semaphore that main made with one token is a lock in all but name: a warning, for it may have been meant otherwise.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" resource="guard" level=warning kind=semaphore function=writer line=14
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t ready, guard;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  sem_wait(&guard);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  sem_init(&guard, 0, 1);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
