// Threads are inside fgets, fread and getline on pipes that nobody writes to, and so inside the streams' own locks.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="fgets" level=error kind=stream-lock waiting=pipe
// FINDING: abandoned-lock thread="fread" level=error kind=stream-lock waiting=pipe
// FINDING: abandoned-lock thread="getline" level=error kind=stream-lock waiting=pipe
// FINDING: abandoned-lock count=3
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "Support/blocked.h"

static FILE *open_pipe(void) {
  int ends[2];
  if (pipe(ends) != 0) abort();
  return fdopen(ends[0], "r");
}

static void *in_fgets(void *stream) {
  begin(0, "fgets");
  char line[16];
  return fgets(line, sizeof line, stream);
}

static void *in_fread(void *stream) {
  begin(1, "fread");
  char bytes[16];
  return fread(bytes, 1, sizeof bytes, stream) == 0 ? NULL : stream;
}

static void *in_getline(void *stream) {
  begin(2, "getline");
  char *line = NULL;
  size_t size = 0;
  return getline(&line, &size, stream) < 0 ? NULL : stream;
}

int main(void) {
  void *(*const routines[])(void *) = {in_fgets, in_fread, in_getline};
  for (int index = 0; index < 3; index++) {
    pthread_t thread;
    pthread_create(&thread, NULL, routines[index], open_pipe());
    pthread_detach(thread);
    await_system_call(index, SYS_read);
  }
  // A normal exit goes through every stream, and may wait for those that are being read.
  _exit(0);
}
