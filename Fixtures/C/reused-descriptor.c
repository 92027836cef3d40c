// A thread's file was closed past every library function, and its number is another file's now: nobody is accused.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: abandoned-file
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t opened, reused;
static int file;

static void *opener(void *unused) {
  file = open("mine.txt", O_WRONLY | O_CREAT, 0600);
  sem_post(&opened);
  for (;;) pause();
  return unused;
}

static void *reuser(void *unused) {
  syscall(SYS_close, file);
  if (syscall(SYS_openat, AT_FDCWD, "other.txt", O_WRONLY | O_CREAT, 0600) != file) abort();
  sem_post(&reused);
  for (;;) pause();
  return unused;
}

int main(void) {
  sem_init(&opened, 0, 0);
  sem_init(&reused, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, opener, NULL);
  pthread_detach(thread);
  sem_wait(&opened);
  pthread_create(&thread, NULL, reuser, NULL);
  pthread_detach(thread);
  sem_wait(&reused);
  return 0;
}
