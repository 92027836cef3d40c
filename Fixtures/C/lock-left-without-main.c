// Main leaves by pthread_exit. A thread is inside the journal's lock when another one ends the process.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock
// FINDING: abandoned-lock thread="writer" resource="journal" function=writer
// FINDING: abandoned-file thread="writer"
// NO-FINDING: abandoned-user-thread
// NO-FINDING: abandoned-thread
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_t main_thread;
static sem_t ready;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  if (open("/dev/null", O_WRONLY) < 0) return unused;
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
}

static void *end(void *unused) {
  pthread_join(main_thread, NULL);
  sem_wait(&ready);
  exit(0);
  return unused;
}

int main(void) {
  pthread_t thread;
  main_thread = pthread_self();
  sem_init(&ready, 0, 0);
  pthread_create(&thread, NULL, writer, NULL);
  pthread_create(&thread, NULL, end, NULL);
  pthread_exit(NULL);
}
