// A thread holds more locks than its record has room for at first: all of them are found.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock count=20
// FINDING: abandoned-lock kind=mutex count=20
// NO-UNSEEN: the recorder had no room
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

enum { LOCKS = 20 };
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
