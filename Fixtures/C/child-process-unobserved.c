// With --no-children a child that abandons a lock is nobody's concern.
// BUILD: cc -g -pthread %s -o %t
// RUN: --no-children
// CLEAN:
// NO-FINDING: abandoned-lock
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

int main(int count, char **arguments) {
  if (count == 1) {
    pid_t process = fork();
    if (process == 0) execl("/proc/self/exe", arguments[0], "child", (char *)NULL);
    int status;
    return waitpid(process, &status, 0) == process && WIFEXITED(status) ? 0 : 1;
  }
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  pthread_detach(thread);
  sem_wait(&ready);
  return 0;
}
