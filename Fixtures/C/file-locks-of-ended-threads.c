// A thread that has ended locked files for the rest of the process's life: nobody's mistake, for the locks are the process's or the open
// files' (flock(2), fcntl(2)), and another thread converts and gives them back.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: orphaned-lock
// NO-FINDING: abandoned-lock
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int flocked, locked, converted;

static int lock_by_fcntl(int file, short type) {
  struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
  return fcntl(file, F_SETLK, &whole);
}

static void *lock_files(void *unused) {
  flocked = open("flocked", O_CREAT | O_RDWR, 0600);
  locked = open("locked", O_CREAT | O_RDWR, 0600);
  converted = open("converted", O_CREAT | O_RDWR, 0600);
  if (flock(flocked, LOCK_EX) != 0 || lock_by_fcntl(locked, F_WRLCK) != 0 || flock(converted, LOCK_SH) != 0) abort();
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, lock_files, NULL);
  pthread_join(thread, NULL);
  if (flock(converted, LOCK_EX) != 0 || flock(converted, LOCK_UN) != 0) abort();
  return 0;
}
