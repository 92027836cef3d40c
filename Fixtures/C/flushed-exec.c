// A thread has flushed its stream: an exec loses nothing, the file is only open.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-file thread="writer" resource="flushed.txt" level=warning kind=file mode=write
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
  FILE *stream = fopen("flushed.txt", "w");
  fputs("safe", stream);
  fflush(stream);
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
  execl("/bin/true", "true", (char *)NULL);
  return 1;
}
