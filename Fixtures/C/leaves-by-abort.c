// A thread is inside a lock when main aborts.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 134
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" resource="journal" level=error
// UNSEEN: where threads stood: a signal ended the process
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  abort();
}
