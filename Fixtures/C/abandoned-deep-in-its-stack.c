// A thread that runs with hardly any stack left is inside the journal's lock when main returns: no signal may reach it.
// BUILD: cc -g -O1 -pthread %s -o %t -Wl,-z,now
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" resource="journal" level=error kind=mutex mode=exclusive function=append
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

/// Goes on for ever with a kilobyte of stack below it.
static void run_deep(char *bottom) {
  char *here = __builtin_frame_address(0);
  volatile char *room = __builtin_alloca((size_t)(here - bottom) - 1024);
  room[0] = 0;
  sem_post(&ready);
  for (;;) room[0]++;
}

static void append(void) {
  pthread_attr_t attributes;
  void *bottom;
  size_t size;
  pthread_mutex_lock(&journal);
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &bottom, &size);
  run_deep(bottom);
}

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  append();
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
