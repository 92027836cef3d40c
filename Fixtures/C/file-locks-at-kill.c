// Of a process that is killed the kernel cannot be asked afterwards what is locked: what is closed has to say it. flock's lock
// stays with a duplicate of its descriptor (flock(2)); fcntl's and lockf's goes with the first descriptor of the file that is
// closed (fcntl(2), F_SETLK).
// BUILD: cc -g -pthread %s -o %t
// EXIT: 137
// FINDING: abandoned-lock thread="writer" resource="kept" kind=file-lock mode=exclusive function=lock_and_close line=23
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int lock_by_fcntl(int file) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(file, F_SETLK, &whole);
}
static int lock_by_flock(int file) { return flock(file, LOCK_EX); }
static int lock_by_lockf(int file) { return lockf(file, F_LOCK, 0); }
static void lock_and_close(const char *path, int (*lock)(int)) {
  int file = open(path, O_CREAT | O_RDWR, 0600);
  if (dup(file) < 0 || lock(file) != 0) abort();
  close(file);
}

static void *lock_files(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  lock_and_close("kept", lock_by_flock);
  lock_and_close("of-fcntl", lock_by_fcntl);
  lock_and_close("of-lockf", lock_by_lockf);
  kill(getpid(), SIGKILL);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, lock_files, NULL);
  pthread_join(thread, NULL);
  return 0;
}
