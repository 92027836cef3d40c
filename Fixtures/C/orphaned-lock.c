// A thread ended inside a lock and was joined: nobody can ever take that lock again.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: orphaned-lock
// FINDING: orphaned-lock thread="writer" resource="journal" level=error kind=mutex function=writer line=15
// NO-FINDING: abandoned-lock
// NO-FINDING: unjoined-thread
#define _GNU_SOURCE
#include <pthread.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_join(thread, NULL);
  return 0;
}
