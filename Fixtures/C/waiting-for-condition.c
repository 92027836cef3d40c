// A thread waits for a condition when main returns: it has given the mutex up and holds nothing.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
// FINDING: abandoned-thread thread="consumer" level=note
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static bool waits;

static void *consumer(void *unused) {
  pthread_setname_np(pthread_self(), "consumer");
  pthread_mutex_lock(&queue);
  waits = true;
  for (;;) pthread_cond_wait(&filled, &queue);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, consumer, NULL);
  pthread_detach(thread);
  // Who sees the flag under the mutex knows that the consumer has given the mutex up.
  for (bool seen = false; !seen; sched_yield()) {
    pthread_mutex_lock(&queue);
    seen = waits;
    pthread_mutex_unlock(&queue);
  }
  return 0;
}
