// A thread has unlocked one file and closed another that it had locked.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// NO-FINDING: abandoned-lock
// NO-FINDING: abandoned-file
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static sem_t ready;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  int unlocked = open("one.lock", O_RDWR | O_CREAT, 0600);
  if (flock(unlocked, LOCK_EX) != 0 || flock(unlocked, LOCK_UN) != 0) abort();
  close(unlocked);
  int closed = open("two.lock", O_RDWR | O_CREAT, 0600);
  if (flock(closed, LOCK_EX) != 0) abort();
  close(closed);
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
