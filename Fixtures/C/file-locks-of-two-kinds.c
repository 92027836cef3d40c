// flock's and fcntl's locks know nothing of each other (flock(2)): one that is given back leaves the other.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock count=3
// FINDING: abandoned-lock thread="writer" resource="flocked" kind=file-lock
// FINDING: abandoned-lock thread="writer" resource="fcntled" kind=file-lock
// FINDING: abandoned-lock thread="writer" resource="duplicated" kind=file-lock
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static sem_t done;

static void change(int file, short type) {
  struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
  if (fcntl(file, F_SETLK, &whole) != 0) abort();
}

static int open_file(const char *path) { return open(path, O_CREAT | O_RDWR, 0600); }

static void lock_files(void) {
  int flocked = open_file("flocked");
  flock(flocked, LOCK_EX);
  change(flocked, F_WRLCK);
  change(flocked, F_UNLCK);

  int fcntled = open_file("fcntled");
  change(fcntled, F_WRLCK);
  flock(fcntled, LOCK_EX);
  flock(fcntled, LOCK_UN);

  int first = open_file("duplicated"), second = dup(first);
  flock(second, LOCK_EX);
  change(first, F_WRLCK);
  close(first);

  int neither = open_file("neither");
  flock(neither, LOCK_EX);
  change(neither, F_WRLCK);
  change(neither, F_UNLCK);
  flock(neither, LOCK_UN);
}

static void *write_files(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  lock_files();
  sem_post(&done);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&done, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, write_files, NULL);
  pthread_detach(thread);
  sem_wait(&done);
  return 0;
}
