// A thread has printed to a standard output that main made a file, and not flushed, when the process leaves by _exit.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-file level=error
// FINDING: abandoned-file thread="printer" resource="out.log" level=error kind=file
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t ready;

static void *printer(void *unused) {
  pthread_setname_np(pthread_self(), "printer");
  printf("line %d\n", 1);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  if (freopen("out.log", "w", stdout) == NULL) abort();
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, printer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  _exit(0);
}
