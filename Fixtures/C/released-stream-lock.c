// A log's lock is taken as often as it is given back, by hand and by fprintf: nobody has it when main leaves.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: held-at-exit
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static FILE *stream;
static sem_t done;

static void *print(void *unused) {
  flockfile(stream);
  if (ftrylockfile(stream) != 0) abort();
  fprintf(stream, "a line\n");
  funlockfile(stream);
  funlockfile(stream);
  fclose(stream);
  sem_post(&done);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&done, 0, 0);
  stream = fopen("log", "w");
  pthread_t thread;
  pthread_create(&thread, NULL, print, NULL);
  pthread_detach(thread);
  sem_wait(&done);
  return 0;
}
