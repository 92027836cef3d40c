// The thread that calls exit holds a lock itself: worth a note, since whoever runs after it may want that lock.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// FINDING: held-at-exit resource="journal" level=note kind=mutex function=main line=12
// NO-FINDING: abandoned-lock
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

int main(void) {
  pthread_mutex_lock(&journal);
  exit(0);
}
