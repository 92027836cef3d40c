// Main leaves by pthread_exit and the last thread ends the process: nobody is abandoned.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on warning
// CLEAN:
// OUTPUT: the last thread ends
// NO-FINDING: abandoned-user-thread
// NO-FINDING: abandoned-thread
#include <pthread.h>
#include <stdio.h>

static void *last(void *unused) {
  puts("the last thread ends");
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, last, NULL);
  pthread_detach(thread);
  pthread_exit(NULL);
}
