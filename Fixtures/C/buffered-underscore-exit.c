// A thread has written into a stream, and _exit loses what is in its buffer.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-file level=error
// FINDING: abandoned-file thread="writer" resource="buffered.txt" level=error kind=file mode=write function=writer line=18
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
  FILE *stream = fopen("buffered.txt", "w");
  fputs("never seen again", stream);
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
  _exit(0);
}
