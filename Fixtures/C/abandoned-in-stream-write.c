// A thread is inside fwrite to a full pipe, and so inside the stream's own lock, when main leaves.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" level=error kind=stream-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <fcntl.h>
#include <unistd.h>

enum { MORE_THAN_FITS = 1 << 20 };
static int ends[2];

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  FILE *stream = fdopen(ends[1], "w");
  setvbuf(stream, NULL, _IONBF, 0);
  char *bytes = calloc(1, MORE_THAN_FITS);
  fwrite(bytes, 1, MORE_THAN_FITS, stream);
  return unused;
}

int main(void) {
  if (pipe(ends) != 0) abort();
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  // A full pipe and bytes left over: the writer is inside the call, and nobody reads.
  int capacity = fcntl(ends[0], F_GETPIPE_SZ), filled = 0;
  while (filled < capacity) {
    if (ioctl(ends[0], FIONREAD, &filled) != 0) abort();
    sched_yield();
  }
  return 0;
}
