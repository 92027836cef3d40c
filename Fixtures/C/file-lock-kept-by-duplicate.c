// A file's lock outlives the descriptor that it was taken by, as long as a duplicate of that is open (flock(2)): of two files
// locked, one is still; whether the descriptors were closed by a call that the recorder sees, or by the system call alone.
// fcntl's lock goes with the first descriptor of its file that is closed.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock count=2
// FINDING: abandoned-lock thread="writer" resource="kept" kind=file-lock mode=exclusive function=lock_and_close line=29
// FINDING: abandoned-lock thread="writer" resource="kept-unseen" kind=file-lock mode=exclusive function=lock_and_close line=29
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t done;

static int close_unseen(int file) { return (int)syscall(SYS_close, file); }

/// The duplicate that stays.
static int lock_and_close(const char *path, int uses_fcntl, int (*close)(int)) {
  int file = open(path, O_CREAT | O_RDWR, 0600);
  int duplicate = dup(file);
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (uses_fcntl) {
    if (fcntl(file, F_SETLK, &whole) != 0) abort();
  } else if (flock(file, LOCK_SH) != 0 || flock(duplicate, LOCK_EX) != 0) {  // converted, through the other one
    abort();
  }
  close(uses_fcntl ? file : duplicate);
  return uses_fcntl ? duplicate : file;
}

static void *lock_files(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  lock_and_close("kept", 0, close);
  lock_and_close("of-fcntl", 1, close);
  close(lock_and_close("given-back", 0, close));
  int given_back = lock_and_close("given-back-unseen", 0, close_unseen);
  lock_and_close("kept-unseen", 0, close_unseen);
  close_unseen(given_back);
  sem_post(&done);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&done, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, lock_files, NULL);
  pthread_detach(thread);
  sem_wait(&done);
  return 0;
}
