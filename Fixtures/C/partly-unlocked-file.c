// A thread locked two ranges of a file, of another's all, and gave back a part of each: it still has the rest.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock kind=file-lock resource="ranges"
// FINDING: abandoned-lock kind=file-lock resource="whole"
// FINDING: abandoned-lock count=2
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t done;

static void *lock_and_give_back(void *unused) {
  int file = open("ranges", O_CREAT | O_RDWR, 0600);
  for (off_t start = 0; start <= 100; start += 100) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = 10};
    if (fcntl(file, F_OFD_SETLK, &lock) != 0) abort();
  }
  struct flock unlock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 10};
  if (fcntl(file, F_OFD_SETLK, &unlock) != 0) abort();
  file = open("whole", O_CREAT | O_RDWR, 0600);
  if (lockf(file, F_LOCK, 0) != 0 || lockf(file, F_ULOCK, 10) != 0) abort();
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
