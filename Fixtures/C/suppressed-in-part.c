// What a program says to be known is the vendor's cache alone: the journal, left in the same way, counts.
// BUILD: cc -g -rdynamic -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="writer" resource="journal" function=write_journal
// FINDING: abandoned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

const char *straggler_default_suppressions(void) {
  return "abandoned-lock function=vendor_* reason=\"the vendor's pool has no way to stop it\"";
}

static pthread_mutex_t cache = PTHREAD_MUTEX_INITIALIZER, journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *vendor_refresh(void *unused) {
  pthread_mutex_lock(&cache);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

static void *write_journal(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, vendor_refresh, NULL);
  pthread_create(&thread, NULL, write_journal, NULL);
  sem_wait(&ready);
  sem_wait(&ready);
  return 0;
}
