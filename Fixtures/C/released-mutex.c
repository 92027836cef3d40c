// A thread has left the journal's lock, by every way there is, and waits for work when main returns.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: orphaned-lock
// FINDING: abandoned-thread thread="writer" level=note
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void append(void) {
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_sec += 10;
  pthread_mutex_lock(&journal);
  pthread_mutex_unlock(&journal);
  if (pthread_mutex_trylock(&journal) == 0) pthread_mutex_unlock(&journal);
  if (pthread_mutex_timedlock(&journal, &soon) == 0) pthread_mutex_unlock(&journal);
}

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  append();
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
  return 0;
}
