// A thread waits for a condition with one lock given up for it and another one still held.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="consumer" resource="outer" function=consumer line=18
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static bool waits;

static void *consumer(void *unused) {
  pthread_setname_np(pthread_self(), "consumer");
  pthread_mutex_lock(&outer);
  pthread_mutex_lock(&queue);
  waits = true;
  for (;;) pthread_cond_wait(&filled, &queue);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, consumer, NULL);
  pthread_detach(thread);
  for (bool seen = false; !seen; sched_yield()) {
    pthread_mutex_lock(&queue);
    seen = waits;
    pthread_mutex_unlock(&queue);
  }
  return 0;
}
