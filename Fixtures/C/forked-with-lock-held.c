// Another thread holds a lock at the fork. In the child nobody ever gives it back, and the child waits for it at its exit.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: deadlocked-exit process=forked-with-lock-held resource="journal" holder="writer" function=writer
// FINDING: deadlocked-exit
// NO-FINDING: abandoned-lock
// NO-FINDING: orphaned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static sem_t held, over;

static void *writer(void *unused) {
  pthread_setname_np(pthread_self(), "writer");
  pthread_mutex_lock(&journal);
  sem_post(&held);
  sem_wait(&over);
  pthread_mutex_unlock(&journal);
  return unused;
}

static void save(void) {
  pthread_mutex_lock(&journal);
  pthread_mutex_unlock(&journal);
}

int main(void) {
  sem_init(&held, 0, 0);
  sem_init(&over, 0, 0);
  atexit(save);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&held);
  pid_t child = fork();
  if (child == 0) return 0;
  waitpid(child, NULL, 0);
  sem_post(&over);
  pthread_join(thread, NULL);
  return 0;
}
