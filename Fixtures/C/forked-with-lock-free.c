// The twin: locks that another thread holds at the fork, which the child never asks for, and a child that takes a free one.
// BUILD: cc -g -pthread %s -o %t
// CLEAN:
// NO-FINDING: orphaned-lock
// NO-FINDING: abandoned-thread
// NO-FINDING: unjoined-thread
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t index_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t held, over;

static void *writer(void *unused) {
  pthread_mutex_lock(&journal);
  pthread_mutex_lock(&index_lock);
  pthread_mutex_unlock(&index_lock);
  sem_post(&held);
  sem_wait(&over);
  pthread_mutex_unlock(&journal);
  return unused;
}

static void *reader(void *unused) {
  pthread_mutex_lock(&index_lock);
  pthread_mutex_unlock(&index_lock);
  return unused;
}

int main(void) {
  sem_init(&held, 0, 0);
  sem_init(&over, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&held);
  pthread_mutex_lock(&index_lock);
  for (int way = 0; way < 2; way++) {
    pid_t child = fork();
    if (child == 0 && way == 1) execl("/bin/true", "true", (char *)NULL);
    if (child == 0) {
      pthread_mutex_unlock(&index_lock);
      pthread_create(&thread, NULL, reader, NULL);
      pthread_join(thread, NULL);
      return 0;
    }
    waitpid(child, NULL, 0);
  }
  pthread_mutex_unlock(&index_lock);
  sem_post(&over);
  pthread_join(thread, NULL);
  return 0;
}
