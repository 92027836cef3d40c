// A forked child abandons a lock; its parent, which waits for it, does not. The child's finding counts.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: abandoned-lock thread="writer" resource="journal" process=child-process
// FINDING: abandoned-lock
// NO-UNSEEN: no recorder attached
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
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

static int child(void) {
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}

int main(void) {
  pid_t process = fork();
  if (process == 0) return child();
  int status;
  return waitpid(process, &status, 0) == process && WIFEXITED(status) ? 0 : 1;
}
