// One thread is inside fflush, another one inside fclose, each of a stream that nobody reads from, when main leaves.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock count=2
// FINDING: abandoned-file thread="flusher" resource="flushed" level=note kind=file message="inside a write to"
// FINDING: abandoned-file thread="closer" resource="closed" level=note kind=file message="inside the closing of"
// FINDING: abandoned-lock thread="flusher" kind=stream-lock
// FINDING: abandoned-lock thread="closer" kind=stream-lock
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t ready;
static pid_t last;

/// A stream of a full pipe, with something in its buffer.
static FILE *full(const char *path) {
  int capacity = 4096, end;
  char *filling = calloc(1, (size_t)capacity);
  unlink(path);  // of an earlier run in this folder
  if (mkfifo(path, 0600) != 0 || (end = open(path, O_RDWR)) < 0) abort();
  if (fcntl(end, F_SETPIPE_SZ, capacity) != capacity || write(end, filling, (size_t)capacity) != capacity) abort();
  FILE *stream = fopen(path, "w");
  if (stream == NULL || fputs("half a line", stream) < 0) abort();
  last = gettid();
  return stream;
}

static void *flusher(void *stream) {
  pthread_setname_np(pthread_self(), "flusher");
  stream = full("flushed");
  sem_post(&ready);
  fflush(stream);
  return NULL;
}

static void *closer(void *stream) {
  pthread_setname_np(pthread_self(), "closer");
  stream = full("closed");
  sem_post(&ready);
  fclose(stream);
  return NULL;
}

/// Returns once the new thread stands in a write.
static void begin(void *(*routine)(void *)) {
  char path[64];
  long number = -1;
  pthread_t thread;
  pthread_create(&thread, NULL, routine, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", last);
  while (number != SYS_write) {
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%ld", &number) != 1) number = -1;
    if (file != NULL) fclose(file);
  }
}

int main(void) {
  sem_init(&ready, 0, 0);
  begin(flusher);
  begin(closer);
  _exit(0);
}
