// A recursive lock was taken twice and given back once: it is still held, from where it was taken first.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="walker" resource="tree" kind=recursive-mutex mode=exclusive function=walker line=16
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
