// A thread has written wide characters into a stream, and _exit loses what is in its buffer.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-file level=error
// FINDING: abandoned-file thread="writer" resource="wide.txt" level=error kind=file mode=write function=writer message="16 bytes"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

static sem_t ready;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  FILE *stream = fopen("wide.txt", "w");
  if (stream == NULL || fputws(L"never seen again", stream) < 0) abort();
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  while (sem_wait(&ready) != 0) {}
  _exit(0);
}
