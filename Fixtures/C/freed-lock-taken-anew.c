// The memory of a lock was freed in a thread's hand, and became another lock, which another thread took: that one is left, and
// the first thread has nothing any more.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="keeper" kind=mutex function=keeper line=29
// FINDING: abandoned-lock
// FINDING: abandoned-thread thread="careless"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t ready;

static void *careless(void *mutex) {
  pthread_setname_np(pthread_self(), "careless");
  pthread_mutex_lock(mutex);
  sem_post(&ready);
  for (;;) pause();
  return NULL;
}

static void *keeper(void *mutex) {
  pthread_setname_np(pthread_self(), "keeper");
  // Made by assignment alone: no call says that it is another lock.
  *(pthread_mutex_t *)mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(mutex);
  sem_post(&ready);
  for (;;) pause();
  return NULL;
}

static void start(void *(*routine)(void *), void *mutex) {
  pthread_t thread;
  pthread_create(&thread, NULL, routine, mutex);
  pthread_detach(thread);
  sem_wait(&ready);
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_mutex_t *freed = malloc(sizeof *freed);
  pthread_mutex_init(freed, NULL);
  start(careless, freed);
  uintptr_t address = (uintptr_t)freed;
  free(freed);
  // The allocator gives a size's last piece first.
  pthread_mutex_t *another = malloc(sizeof *another);
  if ((uintptr_t)another != address) abort();
  start(keeper, another);
  return 0;
}
