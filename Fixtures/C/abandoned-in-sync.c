// A thread is inside a sync of a file that main opened and wrote when main returns: a note.
// BUILD: cc -g -pthread %s -o %t
// FINDING: abandoned-file thread="worker" resource="synced.txt" level=note kind=file
// NO-FINDING: abandoned-thread
// CLEAN:
#include "Support/held-call.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t ready;
static int listener, file;

static void *worker(void *unused) {
  pthread_setname_np(pthread_self(), "worker");
  listener = hold_call(SYS_fsync);
  sem_post(&ready);
  if (fsync(file) != 0) abort();
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  file = open("synced.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (write(file, "x", 1) != 1) abort();
  pthread_t thread;
  pthread_create(&thread, NULL, worker, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  await_held_call(listener);
  return 0;
}
