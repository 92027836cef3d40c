// A thread is inside the journal's lock when main returns.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" resource="journal" level=error kind=mutex mode=exclusive function=append line=17
// NO-FINDING: abandoned-thread
// NO-FINDING: orphaned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void append(void) {
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
}

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  append();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
