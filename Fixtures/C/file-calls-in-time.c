// A thread has renamed, truncated and synced files, and is done with all of it, when main returns.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-file
// FINDING: abandoned-thread thread="worker"
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t ready;
static int file;

static void must(int result) {
  if (result != 0) abort();
}

static void *worker(void *unused) {
  pthread_setname_np(pthread_self(), "worker");
  must(fsync(file));
  must(truncate("new.txt", 0));
  must(rename("new.txt", "state.txt"));
  must(renameat(AT_FDCWD, "state.txt", AT_FDCWD, "new.txt"));
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  file = open("new.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (write(file, "x", 1) != 1) abort();
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
