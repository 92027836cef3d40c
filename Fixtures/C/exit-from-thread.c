// A thread calls exit while main is in the middle of its work: main did not get to its end.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-user-thread level=warning
// NO-FINDING: abandoned-lock
#include <pthread.h>
#include <stdlib.h>

static void *quitter(void *unused) {
  exit(0);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, quitter, NULL);
  pthread_join(thread, NULL);
  return 1;
}
