// At exit main wants a lock that it holds itself.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit
// FINDING: deadlocked-exit level=error
// NO-FINDING: held-at-exit
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void save(void) { pthread_mutex_lock(&journal); }

int main(void) {
  atexit(save);
  pthread_mutex_lock(&journal);
  return 0;
}
