// A thread ended inside a robust lock: its next owner will be told, so this is a warning.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 0
// FINDING: orphaned-lock
// FINDING: orphaned-lock resource="journal" level=warning kind=mutex function=writer
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
  return 0;
}
