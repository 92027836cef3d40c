// A thread ended inside a robust lock; its next owner was told, repaired it and gave it back.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: orphaned-lock
// NO-FINDING: held-at-exit
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>

static pthread_mutex_t journal;

static void *writer(void *unused) {
  pthread_mutex_lock(&journal);
  return unused;
}

int main(void) {
  pthread_mutexattr_t robust;
  pthread_mutexattr_init(&robust);
  pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&journal, &robust);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_join(thread, NULL);
  if (pthread_mutex_lock(&journal) != EOWNERDEAD) return 1;
  pthread_mutex_consistent(&journal);
  pthread_mutex_unlock(&journal);
  return 0;
}
