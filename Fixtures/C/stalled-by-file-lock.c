// At its exit main waits for a lock on a part of a file that another process has, and does not give back: the report says which.
// BUILD: cc -g -pthread %s -o %t
// RUN: --exit-timeout 300ms
// EXIT: 23
// FINDING: stalled-exit
// FINDING: stalled-exit waiting=file-lock holder="another process" function=save
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static int file, ready[2];

/// From where the file stands: ten bytes there.
static int lock_record(void) { return lockf(file, F_LOCK, 10); }

/// Until its parent is ended.
static void keep_record(void) {
  prctl(PR_SET_PDEATHSIG, 9);
  file = open("index", O_RDWR);
  if (lseek(file, 95, SEEK_SET) != 95 || lock_record() != 0 || write(ready[1], "", 1) != 1) abort();
  for (;;) pause();
}

static void save(void) {
  if (lock_record() != 0) abort();
}

int main(void) {
  file = open("index", O_CREAT | O_RDWR, 0600);
  if (lseek(file, 100, SEEK_SET) != 100 || pipe(ready) != 0) return 1;
  if (fork() == 0) keep_record();
  char byte;
  if (read(ready[0], &byte, 1) != 1) return 1;
  atexit(save);
  return 0;
}
