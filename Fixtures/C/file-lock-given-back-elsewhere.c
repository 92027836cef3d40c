// A thread's file locks are gone before main leaves: one was given back through a duplicate, one with another descriptor of
// its file (as fcntl's are), one range by range.
// BUILD: cc -g -pthread %s -o %t
// NO-FINDING: abandoned-lock
// FINDING: abandoned-file resource="by-duplicate" count=2
// FINDING: abandoned-file resource="by-another"
// FINDING: abandoned-file resource="by-ranges"
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static sem_t done;

static void change(int file, int type, off_t start, off_t length) {
  struct flock lock = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  if (fcntl(file, F_SETLK, &lock) != 0) abort();
}

static void *lock_and_give_back(void *unused) {
  int file = open("by-duplicate", O_CREAT | O_RDWR, 0600);
  if (flock(file, LOCK_EX) != 0 || flock(dup(file), LOCK_UN) != 0) abort();
  file = open("by-another", O_CREAT | O_RDWR, 0600);
  change(file, F_WRLCK, 0, 0);
  close(open("by-another", O_RDWR));
  file = open("by-ranges", O_CREAT | O_RDWR, 0600);
  change(file, F_WRLCK, 0, 20);
  change(file, F_UNLCK, 10, 10);
  change(file, F_UNLCK, 0, 10);
  sem_post(&done);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&done, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, lock_and_give_back, NULL);
  pthread_detach(thread);
  sem_wait(&done);
  return 0;
}
