// A thread has left every C11 lock that it took, and waits for a condition, when main returns.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: orphaned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>
#include <unistd.h>

static mtx_t journal;
static cnd_t never;
static sem_t ready;

static void *keeper(void *unused) {
  pthread_setname_np(pthread_self(), "keeper");
  mtx_lock(&journal);
  mtx_unlock(&journal);
  if (mtx_trylock(&journal) != thrd_success) return unused;
  sem_post(&ready);
  for (;;) cnd_wait(&never, &journal);
  return unused;
}

int main(void) {
  mtx_init(&journal, mtx_plain);
  cnd_init(&never);
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, keeper, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  // Only inside the wait is the mutex free.
  mtx_lock(&journal);
  mtx_unlock(&journal);
  return 0;
}
