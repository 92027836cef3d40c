// A thread holds more locks than its record has room for: the report counts those that are missing in it.
// The last one that it took is found by the lock's own bytes.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock count=57
// FINDING: abandoned-lock kind=mutex count=57
// UNSEEN: 44 held locks: the recorder had no room for them
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

enum { LOCKS = 100 };
static pthread_mutex_t locks[LOCKS];
static sem_t ready;

static void *collector(void *unused) {
  for (int i = 0; i < LOCKS; i++) pthread_mutex_lock(&locks[i]);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  for (int i = 0; i < LOCKS; i++) pthread_mutex_init(&locks[i], NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, collector, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
