// A thread is inside a C11 mutex, and another one waits for it, when main returns.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="keeper" resource="journal" level=error kind=mutex function=keeper
// NO-FINDING: orphaned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>
#include <unistd.h>

static mtx_t journal;
static sem_t ready;

static void *keeper(void *unused) {
  pthread_setname_np(pthread_self(), "keeper");
  mtx_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  mtx_init(&journal, mtx_plain);
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, keeper, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
