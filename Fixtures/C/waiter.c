// One thread holds the lock, another waits for it: only the holder is accused.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="holder" resource="journal" function=holder line=17
// FINDING: abandoned-lock
// FINDING: abandoned-thread thread="waiter" level=note
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t held, waits;

static void *holder(void *unused) {
  pthread_setname_np(pthread_self(), "holder");
  pthread_mutex_lock(&journal);
  sem_post(&held);
  for (;;) pause();
  return unused;
}

static void *waiter(void *unused) {
  pthread_setname_np(pthread_self(), "waiter");
  sem_post(&waits);
  pthread_mutex_lock(&journal);
  return unused;
}

int main(void) {
  sem_init(&held, 0, 0);
  sem_init(&waits, 0, 0);
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, holder, NULL);
  sem_wait(&held);
  pthread_create(&threads[1], NULL, waiter, NULL);
  sem_wait(&waits);
  pthread_detach(threads[0]);
  pthread_detach(threads[1]);
  return 0;
}
