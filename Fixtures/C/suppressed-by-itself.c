// A thread is inside a vendor's cache when main returns. The program itself says that this is known: it does not count.
// BUILD: cc -g -rdynamic -pthread %s -o %t
// EXIT: 0
// CLEAN:
// NO-FINDING: abandoned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

const char *straggler_default_suppressions(void) {
  return "# The vendor's pool ends with the process.\n"
         "abandoned-lock function=vendor_* reason=\"the vendor's pool has no way to stop it\"\n";
}

static pthread_mutex_t cache = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *vendor_refresh(void *unused) {
  pthread_mutex_lock(&cache);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, vendor_refresh, NULL);
  sem_wait(&ready);
  return 0;
}
