// A thread was cancelled inside a write to a full pipe and is in its cleanup when main returns: it writes no more.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-file
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t cleaning;
static int ends[2];

static void clean_up(void *unused) {
  (void)unused;
  sem_post(&cleaning);
  for (;;) pause();
}

static void *writer(void *unused) {
  static char block[1 << 20];
  pthread_cleanup_push(clean_up, NULL);
  if (write(ends[1], block, sizeof block) > 0) abort();
  pthread_cleanup_pop(0);
  return unused;
}

int main(void) {
  sem_init(&cleaning, 0, 0);
  if (pipe(ends) != 0) abort();
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_cancel(thread);
  sem_wait(&cleaning);
  return 0;
}
