// One thread has the lock of a log; another stands in fprintf, where libc itself waits for that lock.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="keeper" kind=stream-lock resource="log" function="keep"
// FINDING: abandoned-file thread="printer" waiting=stream-lock holder="keeper"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static FILE *stream;
static sem_t kept;

static void *keep(void *unused) {
  pthread_setname_np(pthread_self(), "keeper");
  flockfile(stream);
  sem_post(&kept);
  for (;;) pause();
  return unused;
}

static void *print(void *unused) {
  begin(0, "printer");
  fprintf(stream, "never written\n");
  return unused;
}

int main(void) {
  sem_init(&kept, 0, 0);
  stream = fopen("log", "w");
  pthread_t thread;
  pthread_create(&thread, NULL, keep, NULL);
  pthread_detach(thread);
  sem_wait(&kept);
  pthread_create(&thread, NULL, print, NULL);
  pthread_detach(thread);
  await_system_call(0, SYS_futex);
  _exit(0);
}
