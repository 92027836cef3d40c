// A thread made a temporary file and gave it its real name, and has it still open when main returns.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// EXIT: 23
// FINDING: abandoned-file thread="writer" resource="state.db" level=warning mode=read-write function=writer
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t ready;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  char name[] = "state-XXXXXX";
  if (mkstemp(name) < 0 || rename(name, "state.db") != 0) abort();
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
