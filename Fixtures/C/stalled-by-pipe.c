// An exit handler reads a pipe that nobody writes to: the stalled exit says so.
// BUILD: cc -g -pthread %s -o %t
// RUN: --exit-timeout 300ms
// EXIT: 23
// FINDING: stalled-exit waiting=pipe message="waiting for the other side of a pipe or socket"
// FINDING: stalled-exit
#include <stdlib.h>
#include <unistd.h>

static int ends[2];

static void read_pipe(void) {
  char byte;
  if (read(ends[0], &byte, 1) != 1) abort();
}

int main(void) {
  atexit(read_pipe);
  return pipe(ends) == 0 ? 0 : 1;
}
