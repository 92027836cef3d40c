// A thread has closed its files, descriptor and stream, when main returns.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-file
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
  int file = open("written.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (write(file, "all", 3) != 3) abort();
  close(file);
  FILE *stream = fopen("streamed.txt", "w");
  fputs("all", stream);
  fclose(stream);
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
