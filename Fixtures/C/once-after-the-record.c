// A thread is cancelled in a once-routine after the record is complete, when the exit needs the threads to go on: who waits
// for the routine then runs it.
// BUILD: cc -g -pthread %s -o %t
// RUN: --fail-on never
// OUTPUT: ran
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "Support/blocked.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static FILE *stream;
static sem_t ready, done;
static _Atomic int rounds;

/// The first one is left by cancellation, once the thread has been stopped and let go: no sooner than it sleeps no longer.
static void routine(void) {
  if (atomic_fetch_add(&rounds, 1) > 0) {
    if (write(STDOUT_FILENO, "ran\n", 4) != 4) abort();
    return;
  }
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  sem_post(&ready);
  struct timespec time = {0, 500000000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  pthread_testcancel();
}

static void *run_first(void *unused) {
  pthread_once(&once, routine);
  return unused;
}

static void *run_second(void *unused) {
  begin(0, "second");
  pthread_once(&once, routine);
  sem_post(&done);
  return unused;
}

/// The rest of the exit, which looks through all streams, waits for this one.
static void *keep_stream(void *unused) {
  flockfile(stream);
  sem_post(&ready);
  while (sem_wait(&done) != 0) {}
  funlockfile(stream);
  return unused;
}

static _Atomic int flusher;

/// Returns once that thread waits, too: without a stream, whose list it has by then.
static void await_flusher(void) {
  char path[64], byte = 0;
  while (atomic_load(&flusher) == 0) usleep(1000);
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", atomic_load(&flusher));
  while (byte != '2') {  // SYS_futex is 202
    int file = open(path, O_RDONLY);
    if (file >= 0 && read(file, &byte, 1) != 1) abort();
    close(file);
    usleep(1000);
  }
}

static void *flush_all(void *unused) {
  atomic_store(&flusher, (int)syscall(SYS_gettid));
  fflush(NULL);
  return unused;
}

int main(void) {
  pthread_t first, other;
  sem_init(&ready, 0, 0);
  sem_init(&done, 0, 0);
  stream = fopen("/dev/null", "w");
  pthread_create(&first, NULL, run_first, NULL);
  sem_wait(&ready);
  pthread_create(&other, NULL, run_second, NULL);
  await_system_call(0, SYS_futex);
  pthread_create(&other, NULL, keep_stream, NULL);
  sem_wait(&ready);
  pthread_create(&other, NULL, flush_all, NULL);
  await_flusher();
  pthread_cancel(first);
  exit(0);
}
