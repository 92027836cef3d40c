// The exit waits for a lock whose holder waits for ever: an exit callback takes the journal's lock.
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t ledger = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t taken;

static void *write_journal(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_barrier_wait(&taken);
  pthread_mutex_lock(&ledger);
  return unused;
}

static void close_journal(void) { pthread_mutex_lock(&journal); }

int main(void) {
  pthread_t writer;
  pthread_barrier_init(&taken, NULL, 2);
  pthread_mutex_lock(&ledger);
  pthread_create(&writer, NULL, write_journal, NULL);
  pthread_barrier_wait(&taken);
  atexit(close_journal);
  return 0;
}
