// A thread has bytes in three streams when main execs. The files of two of them are closed by it, which makes no difference: the
// bytes, and who meant to write them, are gone with the image.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-file thread="writer" resource="inherited.txt" level=error function=writer process=files-at-exec
// FINDING: abandoned-file thread="writer" resource="closed-by-exec.txt" level=error function=writer process=files-at-exec
// FINDING: abandoned-file thread="writer" resource="marked-later.txt" level=error function=writer process=files-at-exec
// FINDING: abandoned-file count=3
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
  FILE *inherited = fopen("inherited.txt", "w");
  FILE *closed = fopen("closed-by-exec.txt", "we");
  FILE *marked = fopen("marked-later.txt", "w");
  if (fcntl(fileno(marked), F_SETFD, FD_CLOEXEC) != 0) abort();
  if (fputs("half", inherited) < 0 || fputs("half", closed) < 0 || fputs("half", marked) < 0) abort();
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
