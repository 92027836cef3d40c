// A thread takes a file's lock while it has five mutexes, gives these back in the order in which it took them, and goes on with
// others: it is cut off with the file's lock, and with one that it took after it.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock count=2
// FINDING: abandoned-lock thread="writer" resource="journal.lock" kind=file-lock mode=exclusive function=lock_file line=24
// FINDING: abandoned-file thread="writer" resource="journal.lock" function=lock_file line=22
// FINDING: abandoned-lock thread="writer" resource="last" kind=mutex function=writer line=38
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { COUNT = 5 };
static pthread_mutex_t before[COUNT], between = PTHREAD_MUTEX_INITIALIZER, last = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void lock_file(void) {
  int file = open("journal.lock", O_CREAT | O_RDWR, 0600);
  if (file < 0) abort();
  if (flock(file, LOCK_EX) != 0) abort();
}

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  for (int index = 0; index < COUNT; index++) pthread_mutex_lock(&before[index]);
  lock_file();
  for (int index = 0; index < COUNT; index++) pthread_mutex_unlock(&before[index]);
  for (int time = 0; time < 100; time++) {
    pthread_mutex_lock(&between);
    pthread_mutex_lock(&before[0]);
    pthread_mutex_unlock(&between);
    pthread_mutex_unlock(&before[0]);
  }
  pthread_mutex_lock(&last);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

int main(void) {
  for (int index = 0; index < COUNT; index++) pthread_mutex_init(&before[index], NULL);
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
