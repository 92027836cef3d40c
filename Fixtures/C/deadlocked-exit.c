// At exit main wants a lock whose holder waits for a lock of main's: a circle, said and ended at once.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit
// FINDING: deadlocked-exit level=error
// NO-FINDING: stalled-exit
// NO-FINDING: abandoned-lock
// NO-FINDING: held-at-exit
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t index_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t held;

static void *writer(void *unused) {
  pthread_mutex_lock(&journal);
  sem_post(&held);
  pthread_mutex_lock(&index_lock);
  return unused;
}

static void save(void) { pthread_mutex_lock(&journal); }

int main(void) {
  sem_init(&held, 0, 0);
  atexit(save);
  pthread_mutex_lock(&index_lock);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&held);
  return 0;
}
