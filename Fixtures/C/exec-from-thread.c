// A thread makes another program of the process while main waits for it and a third thread is inside a lock.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// OUTPUT: replaced
// FINDING: abandoned-lock thread="writer" resource="journal" function=writer
// FINDING: abandoned-lock
// NO-FINDING: abandoned-user-thread
// NO-FINDING: unjoined-thread
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  sem_post(&ready);
  for (;;) pause();
  return unused;
}

static void *replacer(void *unused) {
  sem_wait(&ready);
  char *arguments[] = {"echo", "replaced", NULL};
  execvp("echo", arguments);
  return unused;
}

int main(void) {
  sem_init(&ready, 0, 0);
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, writer, NULL);
  pthread_create(&threads[1], NULL, replacer, NULL);
  pthread_join(threads[1], NULL);
  return 1;
}
