// Main leaves by the kernel's own exit, with a lock; a worker goes on, and exits while another one is in a lock.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: orphaned-lock resource="left" kind=mutex function=main
// FINDING: orphaned-lock
// FINDING: abandoned-lock thread="keeper" resource="kept" kind=mutex
// FINDING: abandoned-lock
// NO-FINDING: abandoned-thread
// NO-FINDING: abandoned-user-thread
// NO-FINDING: held-at-exit
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER, kept = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *keep(void *unused) {
  pthread_setname_np(pthread_self(), "keeper");
  pthread_mutex_lock(&kept);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

/// A main thread that has left stays in the kernel's list, as a zombie, until the others have left.
static int main_has_left(void) {
  char path[64], text[512] = "";
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
  FILE *file = fopen(path, "r");
  if (fgets(text, sizeof text, file) == NULL) abort();
  fclose(file);
  return strrchr(text, ')')[2] == 'Z';
}

static void *work(void *unused) {
  while (!main_has_left()) sched_yield();
  if (unused == NULL) exit(0);
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, keep, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  pthread_mutex_lock(&left);
  pthread_create(&thread, NULL, work, NULL);
  pthread_detach(thread);
  syscall(SYS_exit, 0);
}
