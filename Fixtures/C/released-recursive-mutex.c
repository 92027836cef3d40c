// A recursive lock was given back as often as it was taken.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t tree;
static sem_t ready;

static void *walker(void *unused) {
  pthread_setname_np(pthread_self(), "walker");
  pthread_mutex_lock(&tree);
  pthread_mutex_lock(&tree);
  pthread_mutex_unlock(&tree);
  pthread_mutex_unlock(&tree);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&tree, &recursive);
  pthread_t thread;
  pthread_create(&thread, NULL, walker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
