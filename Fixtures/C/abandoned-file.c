// A thread has a file open for writing when main returns; no byte is lost, so this is a warning.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// EXIT: 23
// FINDING: abandoned-file thread="writer" resource="half-written.txt" level=warning kind=file mode=write function=writer line=19
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t ready;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  int file = open("half-written.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (write(file, "half", 4) != 4) abort();
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
