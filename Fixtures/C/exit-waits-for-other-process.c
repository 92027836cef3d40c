// At exit main waits for a part of a file that another process has locked, and has another part locked itself: no circle, the
// other process gives it back.
// BUILD: cc -g -pthread %s -o %t
// OUTPUT: locked
// CLEAN:
// NO-FINDING: deadlocked-exit
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int file, ready[2];

static void lock_byte(off_t place) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
  if (fcntl(file, F_SETLKW, &lock) != 0) abort();
}

/// Keeps the second byte long enough for whoever watches to look several times.
static void keep_second(void) {
  lock_byte(1);
  if (write(ready[1], "", 1) != 1) abort();
  usleep(500000);
  _exit(0);
}

static void lock_second(void) {
  lock_byte(1);
  puts("locked");
  wait(NULL);
}

int main(void) {
  file = open("index", O_CREAT | O_RDWR, 0600);
  if (pipe(ready) != 0) return 1;
  if (fork() == 0) keep_second();
  char byte;
  if (read(ready[0], &byte, 1) != 1) return 1;
  lock_byte(0);
  atexit(lock_second);
  return 0;
}
