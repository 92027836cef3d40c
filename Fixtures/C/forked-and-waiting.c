// A child waits in the middle of its work for a lock that another thread held at the fork; its parent gives up and leaves it.
// BUILD: cc -g -pthread %s -o %t
// EXIT: 23
// FINDING: orphaned-lock process=forked-and-waiting resource="journal" thread="writer" message="when this process was forked"
// FINDING: orphaned-lock
// NO-FINDING: abandoned-lock
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
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

static void await_futex(pid_t process) {
  for (long number = -1; number != SYS_futex; usleep(1000)) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/syscall", process);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%ld", &number) != 1) number = -1;
    if (file != NULL) fclose(file);
  }
}

int main(void) {
  sem_init(&held, 0, 0);
  sem_init(&over, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, writer, NULL);
  sem_wait(&held);
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&journal);
    return 0;
  }
  await_futex(child);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  sem_post(&over);
  pthread_join(thread, NULL);
  return 0;
}
