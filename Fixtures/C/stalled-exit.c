// At exit main joins a thread that never ends; past the limit the exit is reported and ended.
// BUILD: cc -g -pthread %s -o %t
// RUN: --exit-timeout 500ms
// EXIT: 23
// FINDING: stalled-exit
// FINDING: stalled-exit level=error
// NO-FINDING: deadlocked-exit
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_t thread;

static void *server(void *unused) {
  pthread_setname_np(pthread_self(), "server");
  for (;;) pause();
  return unused;
}

static void stop(void) { pthread_join(thread, NULL); }

int main(void) {
  atexit(stop);
  pthread_create(&thread, NULL, server, NULL);
  return 0;
}
